// bfloat16 rows, two numbers per word: each is the upper half of a float32. Interface: see f32.glsl.
// Expects: FORMAT_BINDING.
#include "planes.glsl"
#define FORMAT_PLANES 1
#define FORMAT_QUADS 2
#define FORMAT_GROUP uvec4

layout(std430, set = 0, binding = FORMAT_BINDING) readonly buffer Plane0 { UNIT plane0[]; };

uint format_group_count(uint k) { return (k + 7) / 8; }
uvec4 format_group(uint row, uint group, uint k) { return words(plane0[plane_unit(row, group, format_group_count(k))]); }
vec4 format_quad(uvec4 packed, uint i) {
  uvec2 words = uvec2(packed[2 * i], packed[2 * i + 1]);
  uvec2 even = words << 16;
  uvec2 odd = words & 0xffff0000u;
  return uintBitsToFloat(uvec4(even.x, odd.x, even.y, odd.y));
}
