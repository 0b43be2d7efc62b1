#include "CUnicode.h"

#include <stddef.h>

#include "tables.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/// The low byte of the last run that starts at or before the scalar; runs[0] starts at zero.
static uint8_t run_value(const uint32_t *runs, size_t count, uint32_t scalar) {
  size_t low = 0, high = count;
  while (high - low > 1) {
    size_t middle = low + (high - low) / 2;
    if (runs[middle] >> 8 <= scalar) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return (uint8_t)runs[low];
}

static uint32_t place_of(const uint32_t *keys, const uint32_t *places, size_t count, uint32_t scalar) {
  size_t low = 0, high = count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (keys[middle] < scalar) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low < count && keys[low] == scalar ? places[low] : 0;
}

uint8_t unicode_classes(uint32_t scalar) {
  return scalar > 0x10ffff ? 0 : run_value(class_runs, COUNT(class_runs), scalar);
}

uint8_t unicode_combining_class(uint32_t scalar) {
  return scalar > 0x10ffff ? 0 : run_value(combining_runs, COUNT(combining_runs), scalar);
}

uint32_t unicode_decomposition(uint32_t scalar, bool compatibility) {
  if (compatibility) {
    uint32_t place = place_of(compatibility_keys, compatibility_places, COUNT(compatibility_keys), scalar);
    if (place != 0) return place;
  }
  return place_of(canonical_keys, canonical_places, COUNT(canonical_keys), scalar);
}

uint32_t unicode_pool_scalar(uint32_t place) {
  return place < COUNT(decomposition_pool) ? decomposition_pool[place] : 0xfffd;
}

uint32_t unicode_composition(uint32_t first, uint32_t second) {
  uint64_t key = (uint64_t)first << 32 | second;
  size_t low = 0, high = COUNT(composition_keys);
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (composition_keys[middle] < key) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low < COUNT(composition_keys) && composition_keys[low] == key ? compositions[low] : 0;
}
