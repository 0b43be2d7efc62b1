// Push constants of rotary_store.
#ifndef ROTARY_STORE_H
#define ROTARY_STORE_H

#include "kernel_types.h"

struct RotaryStoreParams {
  uint heads;
  uint key_value_heads;
  uint head_dimension;
};

#endif
