// Keys and values of one layer for reading: [page][head][slot][pair of dimensions].
// Expects: CACHE_BINDING (keys; values follow), ELEMENT_F16, ELEMENT_F32 or ELEMENT_Q8_0, and for the last step.glsl and
// HEAD_PAIRS, those of a head.
// Provides: cache_key(pair), cache_value(pair).
#if defined(ELEMENT_F16)
layout(std430, set = 0, binding = CACHE_BINDING) readonly buffer Keys { uint keys[]; };
layout(std430, set = 0, binding = CACHE_BINDING + 1) readonly buffer Values { uint values[]; };
vec2 cache_key(uint pair) { return unpackHalf2x16(keys[pair]); }
vec2 cache_value(uint pair) { return unpackHalf2x16(values[pair]); }
#elif defined(ELEMENT_Q8_0)
#include "cache_q8_0.glsl"
layout(std430, set = 0, binding = CACHE_BINDING) readonly buffer Keys { uint keys[]; };
layout(std430, set = 0, binding = CACHE_BINDING + 1) readonly buffer Values { uint values[]; };
// `pair` counts within the head.
vec2 pair_of(uint word, uint scales, uint pair) {
  return q8_scale(scales, pair / 16) * vec2(q8_number(word, pair % 2 * 2), q8_number(word, pair % 2 * 2 + 1));
}
vec2 cache_key(uint pair) {
  uint own = pair % HEAD_PAIRS;
  uint word = keys[q8_bytes(pair / HEAD_PAIRS, HEAD_PAIRS / 2) + own / 2];
  return pair_of(word, keys[q8_scales(pair / HEAD_PAIRS, HEAD_PAIRS / 2) + own / 32], own);
}
vec2 cache_value(uint pair) {
  uint own = pair % HEAD_PAIRS;
  uint word = values[q8_bytes(pair / HEAD_PAIRS, HEAD_PAIRS / 2) + own / 2];
  return pair_of(word, values[q8_scales(pair / HEAD_PAIRS, HEAD_PAIRS / 2) + own / 32], own);
}
#else
layout(std430, set = 0, binding = CACHE_BINDING) readonly buffer Keys { vec2 keys[]; };
layout(std430, set = 0, binding = CACHE_BINDING + 1) readonly buffer Values { vec2 values[]; };
vec2 cache_key(uint pair) { return keys[pair]; }
vec2 cache_value(uint pair) { return values[pair]; }
#endif
