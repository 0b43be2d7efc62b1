// Push constants of the probes.
#ifndef PROBE_H
#define PROBE_H

#include "kernel_types.h"

struct ProbeParams {
  uint count;       // vectors to touch
  uint iterations;  // rounds over them, or of arithmetic
};

#endif
