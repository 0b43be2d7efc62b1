// Push constants of linear.
#ifndef LINEAR_H
#define LINEAR_H

#include "kernel_types.h"

struct LinearParams {
  uint n;          // weight rows in this chunk
  uint k;          // weight columns
  uint y_columns;  // width of a row of the result
  uint y_first;    // first column of the result that this chunk writes
};

#endif
