//! op: swiglu
// silu(gate) · up. gate|up are joined by columns; one invocation per result, y = row.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "columns.h"
#include "step.glsl"
#include "activations.glsl"

layout(local_size_x_id = 0) in;
layout(push_constant) uniform Push { ColumnsParams params; };
layout(std430, set = 0, binding = 1) readonly buffer Joined { float joined[]; };
layout(std430, set = 0, binding = 2) writeonly buffer Activated { float activated[]; };

void main() {
  uint row = gl_GlobalInvocationID.y;
  uint i = gl_GlobalInvocationID.x;
  if (row >= step_row_count() || i >= params.columns) return;
  uint start = row * row_stride(2 * params.columns);
  float gate = joined[start + i];
  activated[row * row_stride(params.columns) + i] = swiglu(gate, joined[start + params.columns + i]);
}
