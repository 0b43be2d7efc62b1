// Push constants of linear.
#ifndef LINEAR_H
#define LINEAR_H

#include "kernel_types.h"

// Values of the constant TAIL in lib/linear_tail.glsl: what is done with a product.
#define TAIL_NONE 0u
#define TAIL_ADD 1u
#define TAIL_SWIGLU 2u
#define TAIL_ROTARY_STORE 3u

struct LinearParams {
  uint n;              // weight rows in this chunk
  uint k;              // weight columns
  uint y_columns;      // width of a row of the result
  uint y_first;        // first row of the weight that this chunk holds
  uint workgroup_rows; // weight rows of a workgroup

  // What is fused with it; see lib/linear_tail.glsl.
  float epsilon;         // of the norm before
  uint partner;          // rows from one of a pair to the other
  uint heads;            // of queries, where keys and values are stored
  uint key_value_heads;
};

#endif
