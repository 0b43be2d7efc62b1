//! op: add
// a + b. One invocation per vec4, y = row.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "columns.h"
#include "step.glsl"

layout(local_size_x_id = 0) in;
layout(push_constant) uniform Push { ColumnsParams params; };
layout(std430, set = 0, binding = 1) readonly buffer Left { vec4 a[]; };
layout(std430, set = 0, binding = 2) readonly buffer Right { vec4 b[]; };
layout(std430, set = 0, binding = 3) writeonly buffer Sum { vec4 sum[]; };

void main() {
  uint row = gl_GlobalInvocationID.y;
  uint quads = (params.columns + 3) / 4;
  if (row >= step_row_count() || gl_GlobalInvocationID.x >= quads) return;
  uint i = row * (row_stride(params.columns) / 4) + gl_GlobalInvocationID.x;
  sum[i] = a[i] + b[i];
}
