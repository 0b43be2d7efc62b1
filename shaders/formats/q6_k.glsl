// Q6_K rows. Plane 0 holds the low four bits of each number: a word has eight numbers, its byte c number c in the low bits
// and number c + 4 in the high ones. Plane 1 holds the upper two bits: a word has sixteen numbers, its byte c numbers
// c, c + 4, c + 8 and c + 12, lowest first. Plane 2 holds a signed byte per 16 numbers, their scale in units of plane 3,
// which holds a float16 per 256 numbers, two per word, each row padded to 16 bytes. Interface: see f32.glsl.
// Expects: FORMAT_BINDING.
#include "planes.glsl"
#define FORMAT_PLANES 4
#define FORMAT_QUADS 8
#define FORMAT_GROUP Q6KGroup
#define FORMAT_SCALED
#define FORMAT_PARTS 2
#define FORMAT_HEAD Q6KHead
#define FORMAT_HEAD_QUADS 64

layout(std430, set = 0, binding = FORMAT_BINDING) readonly buffer Plane0 { UNIT plane0[]; };
layout(std430, set = 0, binding = FORMAT_BINDING + 1) readonly buffer Plane1 { HALF_UNIT plane1[]; };
layout(std430, set = 0, binding = FORMAT_BINDING + 2) readonly buffer Plane2 { UNIT plane2[]; };
layout(std430, set = 0, binding = FORMAT_BINDING + 3) readonly buffer Plane3 { uint plane3[]; };

struct Q6KHead {
  uvec4 scales;
  float unit;
};
struct Q6KGroup {
  uvec4 low;
  uvec2 high;
  vec2 scales;
};

uint format_group_count(uint k) { return k / 32; }
Q6KHead format_head(uint row, uint head, uint k) {
  vec2 units = unpackHalf2x16(plane3[plane_word(row, head / 2, (k / 256 + 7) / 8)]);
  return Q6KHead(words(plane2[plane_unit(row, head, k / 256)]), (head & 1) == 0 ? units.x : units.y);
}
Q6KGroup format_group(uint row, uint group, uint k, Q6KHead head) {
  uvec4 low = words(plane0[plane_unit(row, group, k / 32)]);
  uvec2 high = words(plane1[plane_half(row, group, k / 64)]);
  int scales = int(head.scales[(group & 7) / 2] << ((group & 1) == 0 ? 16 : 0));
  return Q6KGroup(low, high, head.unit * vec2((scales << 8) >> 24, scales >> 24));
}
// Set as low bits of 2^23 a number is a float without a conversion, which is slow on some devices; higher up it counts
// by powers of 256, which the multiplication takes back. All of it is exact.
vec4 format_quad(Q6KGroup packed, uint i) {
  const vec4 weights = vec4(1, 1.0 / 256, 1.0 / 65536, 1);
  uint low = (packed.low[i / 2] >> (4 * (i & 1))) & 0x0f0f0f0fu;
  uint bytes = low | ((packed.high[i / 4] >> (2 * (i & 3))) & 0x03030303u) << 4;
  uvec4 bits = uvec4(bytes & 0xff, bytes & 0xff00, bytes & 0xff0000, bytes >> 24) | 0x4b000000u;
  return fma(uintBitsToFloat(bits), weights, -8388608 * weights - 32);
}
float format_scale(Q6KGroup packed, uint part) { return packed.scales[part]; }
