// Keys and values of one layer for writing: [page][head][slot] vectors of `columns` numbers.
// Expects: CACHE_BINDING (keys; values follow), ELEMENT_F16, ELEMENT_F32 or ELEMENT_Q8_0 (then step.glsl too), and
// cache_number(column), a number of the invocation's vector.
// Provides: CACHE_RUN, cache_store(is_key, vector, columns, column), which stores CACHE_RUN numbers from `column` on.
float cache_number(uint column);
#if defined(ELEMENT_F16)
#define CACHE_RUN 2
layout(std430, set = 0, binding = CACHE_BINDING) writeonly buffer Keys { uint keys[]; };
layout(std430, set = 0, binding = CACHE_BINDING + 1) writeonly buffer Values { uint values[]; };
void cache_store(bool is_key, uint vector, uint columns, uint column) {
  uint word = packHalf2x16(vec2(cache_number(column), cache_number(column + 1)));
  if (is_key) keys[(vector * columns + column) / 2] = word;
  else values[(vector * columns + column) / 2] = word;
}
#elif defined(ELEMENT_Q8_0)
#include "cache_q8_0.glsl"
#define CACHE_RUN 4
layout(std430, set = 0, binding = CACHE_BINDING) writeonly buffer Keys { uint keys[]; };
layout(std430, set = 0, binding = CACHE_BINDING + 1) writeonly buffer Values { uint values[]; };
// Each invocation looks at the whole block for its scale, so that none waits for another; NaN and infinity spread to it.
float block_scale(uint block, uint columns) {
  float largest = 0;
  for (uint i = block * 32; i < min(block * 32 + 32, columns); i++) {
    float magnitude = abs(cache_number(i));
    largest = magnitude > largest || isnan(magnitude) ? magnitude : largest;
  }
  return largest / 127;
}
// To the nearest, halves away from zero: round() may do either.
uint quantised(float number) {
  float whole = trunc(number);
  float rounded = abs(number - whole) >= 0.5 ? whole + sign(number) : whole;
  return isnan(number) ? 0 : uint(int(clamp(rounded, -127, 127))) & 0xff;
}
void cache_put(bool is_key, uint place, uint word) {
  if (is_key) keys[place] = word;
  else values[place] = word;
}
void cache_store(bool is_key, uint vector, uint columns, uint column) {
  float scale = block_scale(column / 32, columns);
  float inverse = scale > 0 ? 1 / scale : 0;
  uint word = 0;
  for (uint i = 0; i < CACHE_RUN; i++) word |= quantised(cache_number(column + i) * inverse) << (8 * i);
  cache_put(is_key, q8_bytes(vector, columns / 4) + column / 4, word);
  if (column % 64 != 0) return;
  word = packHalf2x16(vec2(scale, block_scale(column / 32 + 1, columns)));
  cache_put(is_key, q8_scales(vector, columns / 4) + column / 64, word);
}
#else
#define CACHE_RUN 2
layout(std430, set = 0, binding = CACHE_BINDING) writeonly buffer Keys { vec2 keys[]; };
layout(std430, set = 0, binding = CACHE_BINDING + 1) writeonly buffer Values { vec2 values[]; };
void cache_store(bool is_key, uint vector, uint columns, uint column) {
  vec2 numbers = vec2(cache_number(column), cache_number(column + 1));
  if (is_key) keys[(vector * columns + column) / 2] = numbers;
  else values[(vector * columns + column) / 2] = numbers;
}
#endif
