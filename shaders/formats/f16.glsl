// float16 rows, two numbers per word. Interface: see f32.glsl.
// Expects: FORMAT_BINDING.
#include "planes.glsl"
#define FORMAT_PLANES 1
#define FORMAT_QUADS 2
#define FORMAT_GROUP uvec4

layout(std430, set = 0, binding = FORMAT_BINDING) readonly buffer Plane0 { UNIT plane0[]; };

uint format_group_count(uint k) { return (k + 7) / 8; }
uvec4 format_group(uint row, uint group, uint k) { return words(plane0[plane_unit(row, group, format_group_count(k))]); }
vec4 format_quad(uvec4 packed, uint i) {
  return vec4(unpackHalf2x16(packed[2 * i]), unpackHalf2x16(packed[2 * i + 1]));
}
