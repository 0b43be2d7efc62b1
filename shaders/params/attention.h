// Push constants of attention.
#ifndef ATTENTION_H
#define ATTENTION_H

#include "kernel_types.h"

struct AttentionParams {
  uint heads;
  uint key_value_heads;
  float scale;
};

#endif
