// Push constants of the residual add.
#ifndef ADD_PARAMS_H
#define ADD_PARAMS_H

#include "kernel_types.h"

struct AddParams {
  uint count;  // elements in each of the three vectors
};

#endif
