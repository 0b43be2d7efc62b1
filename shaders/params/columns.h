// Push constants of kernels that only need a row's width.
#ifndef COLUMNS_H
#define COLUMNS_H

#include "kernel_types.h"

struct ColumnsParams {
  uint columns;  // width of a row of the result
};

#endif
