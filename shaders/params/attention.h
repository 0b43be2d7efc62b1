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
  uint window;     // positions that a row attends to at most; read with HAS_WINDOW
  float soft_cap;  // read with HAS_SOFT_CAP
};

#endif
