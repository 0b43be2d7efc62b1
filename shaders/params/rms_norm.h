// Push constants of rms_norm.
#ifndef RMS_NORM_H
#define RMS_NORM_H

#include "kernel_types.h"

struct RMSNormParams {
  uint columns;   // width of a row
  float epsilon;
};

#endif
