// float32 rows.
// Expects: FORMAT_BINDING.
// Provides (as every format): FORMAT_PLANES; FORMAT_GROUP, the type of a group, which is what a lane loads of a row at
// once: 16 bytes of plane 0 and what belongs to it; FORMAT_QUADS, the vec4 that a group holds; format_group_count(k);
// format_group(row, group, k); format_quad(packed, i), the group's i-th vec4.
// FORMAT_HEAD where several groups share a load, for example of their scales: its type; FORMAT_HEAD_QUADS, the vec4 of those
// groups together; format_head(row, head, k); then it is format_group(row, group, k, head).
// FORMAT_SCALED where values still have to be multiplied by format_scale(packed, part): FORMAT_PARTS equal parts of a
// group, 1 unless defined, have a scale each. FORMAT_OFFSET where format_offset(packed, part) is to be added after that.
#include "planes.glsl"
#define FORMAT_PLANES 1
#define FORMAT_QUADS 1
#define FORMAT_GROUP uvec4

layout(std430, set = 0, binding = FORMAT_BINDING) readonly buffer Plane0 { UNIT plane0[]; };

uint format_group_count(uint k) { return (k + 3) / 4; }
uvec4 format_group(uint row, uint group, uint k) { return words(plane0[plane_unit(row, group, format_group_count(k))]); }
vec4 format_quad(uvec4 packed, uint i) { return uintBitsToFloat(packed); }
