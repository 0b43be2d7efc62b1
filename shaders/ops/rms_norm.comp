//! op: rms_norm
//! requires: subgroup_arithmetic
// y = x / sqrt(mean(x²) + epsilon) · weight. One workgroup per row; its lanes stride over the row's vec4. With one
// subgroup per workgroup (CPU drivers) there is neither barrier nor shared memory.
#version 460
#extension GL_GOOGLE_include_directive : require
#extension GL_KHR_shader_subgroup_arithmetic : require
#include "rms_norm.h"
#include "step.glsl"

layout(local_size_x_id = 0) in;
layout(constant_id = 2) const uint SUBGROUPS = 1;
layout(push_constant) uniform Push { RMSNormParams params; };
layout(std430, set = 0, binding = 1) readonly buffer X { vec4 x[]; };
layout(std430, set = 0, binding = 2) readonly buffer Weight { vec4 weight[]; };
layout(std430, set = 0, binding = 3) writeonly buffer Y { vec4 y[]; };

shared float partial_sums[SUBGROUPS];

void main() {
  uint row = gl_WorkGroupID.x;
  if (row >= step_row_count()) return;
  uint start = row * (row_stride(params.columns) / 4);
  uint quads = (params.columns + 3) / 4;
  float sum = 0;
  for (uint i = gl_LocalInvocationID.x; i < quads; i += gl_WorkGroupSize.x) {
    vec4 v = x[start + i];
    uint left = params.columns - 4 * i;
    if (left < 4) v = mix(vec4(0), v, lessThan(uvec4(0, 1, 2, 3), uvec4(left)));
    sum += dot(v, v);
  }
  sum = subgroupAdd(sum);
  if (SUBGROUPS > 1) {
    if (subgroupElect()) partial_sums[gl_SubgroupID] = sum;
    barrier();
    sum = 0;
    for (uint i = 0; i < SUBGROUPS; i++) sum += partial_sums[i];
  }
  float scale = 1 / sqrt(sum / float(params.columns) + params.epsilon);
  for (uint i = gl_LocalInvocationID.x; i < quads; i += gl_WorkGroupSize.x) y[start + i] = x[start + i] * scale * weight[i];
}
