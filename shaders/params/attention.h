// Push constants of attention.
#ifndef ATTENTION_H
#define ATTENTION_H

#include "kernel_types.h"

// Positions that attention_split takes at once, a multiple of a page.
#define ATTENTION_SPAN 128

struct AttentionParams {
  uint heads;
  uint key_value_heads;
  float scale;
};

#endif
