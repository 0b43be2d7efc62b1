/// Unicode properties of single scalars, as the `tokenizers` package sees them. Every function takes any number.
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum {
  /// `\p{L}` in a pattern.
  UNICODE_LETTER = 1,
  /// `\p{N}` in a pattern.
  UNICODE_NUMBER = 2,
  /// What the Digits pre-tokenizer splits; a newer Unicode version than UNICODE_NUMBER.
  UNICODE_NUMERIC = 4,
  /// `\s` in a pattern.
  UNICODE_SPACE = 8,
  /// `\w` beside a `single_word` token.
  UNICODE_WORD = 16,
};

/// The UNICODE_… bits of a scalar.
uint8_t unicode_classes(uint32_t scalar);

/// The canonical combining class of a scalar.
uint8_t unicode_combining_class(uint32_t scalar);

/// Where the full decomposition stands in the pool: place << 8 | count, or 0 where there is none. Hangul syllables,
/// whose decomposition is arithmetic, have none here.
uint32_t unicode_decomposition(uint32_t scalar, bool compatibility);

/// The scalar at a place of the pool, U+FFFD past its end.
uint32_t unicode_pool_scalar(uint32_t place);

/// What two scalars compose to, or 0. Hangul, whose composition is arithmetic, is not here.
uint32_t unicode_composition(uint32_t first, uint32_t second);
