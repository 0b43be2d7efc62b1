//! op: select_rows
// Copies the rows whose logits are wanted. One invocation per vec4, y = output.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "columns.h"
#include "step.glsl"

layout(local_size_x_id = 0) in;
layout(push_constant) uniform Push { ColumnsParams params; };
layout(std430, set = 0, binding = 1) readonly buffer X { vec4 x[]; };
layout(std430, set = 0, binding = 2) writeonly buffer Selected { vec4 selected[]; };

void main() {
  uint output_index = gl_GlobalInvocationID.y;
  uint quads = row_stride(params.columns) / 4;
  if (output_index >= step.output_count || gl_GlobalInvocationID.x >= quads) return;
  uint row = step_words[step.output_rows + output_index];
  selected[output_index * quads + gl_GlobalInvocationID.x] = x[row * quads + gl_GlobalInvocationID.x];
}
