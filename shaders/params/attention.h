// Push constants of attention.
#ifndef ATTENTION_H
#define ATTENTION_H

#include "kernel_types.h"

// Positions whose share in a row's sum is finished before the next are looked at.
#define ATTENTION_SPAN 128

struct AttentionParams {
  uint heads;
  uint key_value_heads;
  float scale;
  uint window;     // positions that a row attends to at most, its own included; read where IS_WINDOWED
  float soft_cap;  // scores stay within ±soft_cap; read where IS_CAPPED
};

#endif
