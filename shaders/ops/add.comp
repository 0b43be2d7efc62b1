//! op: add
// Residual add: sum[i] = a[i] + b[i], f32. Any number of workgroups serves: each invocation strides over the grid.
#version 460
#include "add.h"

layout(local_size_x_id = 0) in;
layout(local_size_x = 64) in;

layout(push_constant) uniform Push { AddParams params; };

layout(set = 0, binding = 0) readonly buffer Left { float a[]; };
layout(set = 0, binding = 1) readonly buffer Right { float b[]; };
layout(set = 0, binding = 2) writeonly buffer Sum { float sum[]; };

void main() {
  uint stride = gl_NumWorkGroups.x * gl_WorkGroupSize.x;
  for (uint i = gl_GlobalInvocationID.x; i < params.count; i += stride) sum[i] = a[i] + b[i];
}
