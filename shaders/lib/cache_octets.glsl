// Keys and values of one layer for reading, eight dimensions at a time: [page][head][slot][octet].
// Expects: CACHE_BINDING (keys; values follow), ELEMENT_F16 or ELEMENT_F32.
// Provides: cache_key_octet(octet), cache_value_octet(octet), each two vec4.
struct Octet {
  vec4 low;
  vec4 high;
};
#ifdef ELEMENT_F16
layout(std430, set = 0, binding = CACHE_BINDING) readonly buffer Keys { uvec4 keys[]; };
layout(std430, set = 0, binding = CACHE_BINDING + 1) readonly buffer Values { uvec4 values[]; };
Octet octet_of(uvec4 w) {
  return Octet(vec4(unpackHalf2x16(w.x), unpackHalf2x16(w.y)), vec4(unpackHalf2x16(w.z), unpackHalf2x16(w.w)));
}
Octet cache_key_octet(uint octet) { return octet_of(keys[octet]); }
Octet cache_value_octet(uint octet) { return octet_of(values[octet]); }
#else
layout(std430, set = 0, binding = CACHE_BINDING) readonly buffer Keys { vec4 keys[]; };
layout(std430, set = 0, binding = CACHE_BINDING + 1) readonly buffer Values { vec4 values[]; };
Octet cache_key_octet(uint octet) { return Octet(keys[2 * octet], keys[2 * octet + 1]); }
Octet cache_value_octet(uint octet) { return Octet(values[2 * octet], values[2 * octet + 1]); }
#endif
