// float32 rows.
// Expects: FORMAT_BINDING.
// Provides (as every format): FORMAT_PLANES; FORMAT_QUADS, the vec4 that one group (uvec4 of plane 0) holds;
// format_group_count(k); format_group(row, group, k), the packed group; format_quad(packed, i), its i-th vec4;
// format_value(row, group, column, k), one value of the group, for lanes that each want another;
// FORMAT_SCALED and format_scale(row, group, k) where values still have to be multiplied by a scale per group.
#define FORMAT_PLANES 1
#define FORMAT_QUADS 1

layout(std430, set = 0, binding = FORMAT_BINDING) readonly buffer Plane0 { uvec4 plane0[]; };

uint format_group_count(uint k) { return (k + 3) / 4; }
uvec4 format_group(uint row, uint group, uint k) { return plane0[row * format_group_count(k) + group]; }
vec4 format_quad(uvec4 packed, uint i) { return uintBitsToFloat(packed); }
float format_value(uint row, uint group, uint column, uint k) {
  return uintBitsToFloat(plane0[row * format_group_count(k) + group][column]);
}
