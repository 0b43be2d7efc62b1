// Keys and values of one layer for writing: [page][head][slot][pair of dimensions].
// Expects: CACHE_BINDING (keys; values follow), ELEMENT_F16 or ELEMENT_F32.
// Provides: cache_store_key(pair, numbers), cache_store_value(pair, numbers).
#ifdef ELEMENT_F16
layout(std430, set = 0, binding = CACHE_BINDING) writeonly buffer Keys { uint keys[]; };
layout(std430, set = 0, binding = CACHE_BINDING + 1) writeonly buffer Values { uint values[]; };
void cache_store_key(uint pair, vec2 numbers) { keys[pair] = packHalf2x16(numbers); }
void cache_store_value(uint pair, vec2 numbers) { values[pair] = packHalf2x16(numbers); }
#else
layout(std430, set = 0, binding = CACHE_BINDING) writeonly buffer Keys { vec2 keys[]; };
layout(std430, set = 0, binding = CACHE_BINDING + 1) writeonly buffer Values { vec2 values[]; };
void cache_store_key(uint pair, vec2 numbers) { keys[pair] = numbers; }
void cache_store_value(uint pair, vec2 numbers) { values[pair] = numbers; }
#endif
