// Q4_0 rows: plane 0 holds four bits per number, plane 1 one float16 scale per 32 of them, two per word, each row of
// both planes padded to 16 bytes. Interface: see f32.glsl.
// Expects: FORMAT_BINDING.
#include "nibbles.glsl"
#include "planes.glsl"
#define FORMAT_PLANES 2
#define FORMAT_QUADS 8
#define FORMAT_GROUP Q4Group
#define FORMAT_SCALED
#define FORMAT_HEAD uint
#define FORMAT_HEAD_QUADS 16

layout(std430, set = 0, binding = FORMAT_BINDING) readonly buffer Plane0 { UNIT plane0[]; };
layout(std430, set = 0, binding = FORMAT_BINDING + 1) readonly buffer Plane1 { uint plane1[]; };

struct Q4Group {
  uvec4 quants;
  float scale;
};

uint format_group_count(uint k) { return k / 32; }
uint format_head(uint row, uint head, uint k) { return plane1[plane_word(row, head, (k / 32 + 7) / 8)]; }
Q4Group format_group(uint row, uint group, uint k, uint head) {
  vec2 scales = unpackHalf2x16(head);
  return Q4Group(words(plane0[plane_unit(row, group, format_group_count(k))]), (group & 1) == 0 ? scales.x : scales.y);
}
vec4 format_quad(Q4Group packed, uint i) { return nibble_quad(packed.quants, i, 8); }
float format_scale(Q4Group packed, uint part) { return packed.scale; }
