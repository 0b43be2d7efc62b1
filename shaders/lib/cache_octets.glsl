// Keys and values of one layer for reading, eight dimensions at a time: [page][head][slot][octet].
// Expects: what units.glsl does; CACHE_BINDING (keys; values follow), ELEMENT_F16, ELEMENT_F32 or ELEMENT_Q8_0, and for the last step.glsl and
// OCTETS, those of a head.
// Provides: cache_key_octet(octet), cache_value_octet(octet), each two vec4; cache_value_quad(quad), half an octet.
#include "units.glsl"
struct Octet {
  vec4 low;
  vec4 high;
};
#if defined(ELEMENT_F16)
layout(std430, set = 0, binding = CACHE_BINDING) readonly buffer Keys { UNIT keys[]; };
layout(std430, set = 0, binding = CACHE_BINDING + 1) readonly buffer Values { UNIT values[]; };
Octet octet_of(uvec4 w) {
  return Octet(vec4(unpackHalf2x16(w.x), unpackHalf2x16(w.y)), vec4(unpackHalf2x16(w.z), unpackHalf2x16(w.w)));
}
Octet cache_key_octet(uint octet) { return octet_of(words(keys[octet])); }
Octet cache_value_octet(uint octet) { return octet_of(words(values[octet])); }
vec4 cache_value_quad(uint quad) {
  uvec4 both = words(values[quad / 2]);
  uvec2 w = (quad & 1) == 0 ? both.xy : both.zw;
  return vec4(unpackHalf2x16(w.x), unpackHalf2x16(w.y));
}
#elif defined(ELEMENT_Q8_0)
#include "cache_q8_0.glsl"
layout(std430, set = 0, binding = CACHE_BINDING) readonly buffer Keys { uvec2 keys[]; };
layout(std430, set = 0, binding = CACHE_BINDING + 1) readonly buffer Values { uvec2 values[]; };
vec4 quad_of(uint w, float scale) {
  return scale * vec4(q8_number(w, 0), q8_number(w, 1), q8_number(w, 2), q8_number(w, 3));
}
Octet octet_of(uvec2 w, uvec2 scales, uint scale_word, uint octet) {
  float scale = q8_scale((scale_word & 1) == 0 ? scales.x : scales.y, octet / 4);
  return Octet(quad_of(w.x, scale), quad_of(w.y, scale));
}
Octet cache_key_octet(uint octet) {
  uint word = q8_bytes(octet / OCTETS, 2 * OCTETS) + 2 * (octet % OCTETS);
  uint scale_word = q8_scales(octet / OCTETS, 2 * OCTETS) + octet % OCTETS / 8;
  return octet_of(keys[word / 2], keys[scale_word / 2], scale_word, octet % OCTETS);
}
Octet cache_value_octet(uint octet) {
  uint word = q8_bytes(octet / OCTETS, 2 * OCTETS) + 2 * (octet % OCTETS);
  uint scale_word = q8_scales(octet / OCTETS, 2 * OCTETS) + octet % OCTETS / 8;
  return octet_of(values[word / 2], values[scale_word / 2], scale_word, octet % OCTETS);
}
vec4 cache_value_quad(uint quad) {
  Octet octet = cache_value_octet(quad / 2);
  return (quad & 1) == 0 ? octet.low : octet.high;
}
#else
layout(std430, set = 0, binding = CACHE_BINDING) readonly buffer Keys { UNIT keys[]; };
layout(std430, set = 0, binding = CACHE_BINDING + 1) readonly buffer Values { UNIT values[]; };
Octet cache_key_octet(uint octet) { return Octet(floats(keys[2 * octet]), floats(keys[2 * octet + 1])); }
Octet cache_value_octet(uint octet) { return Octet(floats(values[2 * octet]), floats(values[2 * octet + 1])); }
vec4 cache_value_quad(uint quad) { return floats(values[quad]); }
#endif
