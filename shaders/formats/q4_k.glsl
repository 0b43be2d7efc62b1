// Q4_K rows: plane 0 holds four bits per number, plane 1 a uvec4 per 256 numbers: two float16, the units of scales and
// minima; then for each 32 numbers a byte with the low four bits of its scale and of its minimum; then, four bits for each
// 32 numbers, the upper two of both. A value is scale · number − minimum. Interface: see f32.glsl.
// Expects: FORMAT_BINDING.
#include "nibbles.glsl"
#include "planes.glsl"
#define FORMAT_PLANES 2
#define FORMAT_QUADS 8
#define FORMAT_GROUP Q4KGroup
#define FORMAT_SCALED
#define FORMAT_OFFSET
#define FORMAT_HEAD uvec4
#define FORMAT_HEAD_QUADS 64

layout(std430, set = 0, binding = FORMAT_BINDING) readonly buffer Plane0 { UNIT plane0[]; };
layout(std430, set = 0, binding = FORMAT_BINDING + 1) readonly buffer Plane1 { UNIT plane1[]; };

struct Q4KGroup {
  uvec4 quants;
  float scale;
  float offset;
};

uint format_group_count(uint k) { return k / 32; }
uvec4 format_head(uint row, uint head, uint k) { return words(plane1[plane_unit(row, head, k / 256)]); }
Q4KGroup format_group(uint row, uint group, uint k, uvec4 block) {
  uint j = group & 7;
  vec2 units = unpackHalf2x16(block.x);
  uint low = (j < 4 ? block.y : block.z) >> (8 * (j & 3));
  uint high = block.w >> (4 * j);
  float scale = units.x * float((low & 15) | (high & 3) << 4);
  float minimum = units.y * float(((low >> 4) & 15) | (high & 12) << 2);
  return Q4KGroup(words(plane0[plane_unit(row, group, format_group_count(k))]), scale, -minimum);
}
vec4 format_quad(Q4KGroup packed, uint i) { return nibble_quad(packed.quants, i, 0); }
float format_scale(Q4KGroup packed, uint part) { return packed.scale; }
float format_offset(Q4KGroup packed, uint part) { return packed.offset; }
