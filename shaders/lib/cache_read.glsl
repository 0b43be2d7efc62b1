// Keys and values of one layer for reading: [page][head][slot][pair of dimensions].
// Expects: CACHE_BINDING (keys; values follow), ELEMENT_F16 or ELEMENT_F32.
// Provides: cache_key(pair), cache_value(pair).
#ifdef ELEMENT_F16
layout(std430, set = 0, binding = CACHE_BINDING) readonly buffer Keys { uint keys[]; };
layout(std430, set = 0, binding = CACHE_BINDING + 1) readonly buffer Values { uint values[]; };
vec2 cache_key(uint pair) { return unpackHalf2x16(keys[pair]); }
vec2 cache_value(uint pair) { return unpackHalf2x16(values[pair]); }
#else
layout(std430, set = 0, binding = CACHE_BINDING) readonly buffer Keys { vec2 keys[]; };
layout(std430, set = 0, binding = CACHE_BINDING + 1) readonly buffer Values { vec2 values[]; };
vec2 cache_key(uint pair) { return keys[pair]; }
vec2 cache_value(uint pair) { return values[pair]; }
#endif
