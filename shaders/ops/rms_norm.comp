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

const uint VIRTUAL_SUBGROUPS = 8;
shared float partial_sums[VIRTUAL_SUBGROUPS];

void main() {
  uint row = gl_WorkGroupID.x;
  if (row >= step_row_count()) return;
  uint start = row * (row_stride(params.columns) / 4);
  uint quads = (params.columns + 3) / 4;
  float sums[VIRTUAL_SUBGROUPS];
  for (uint v = gl_SubgroupID; v < VIRTUAL_SUBGROUPS; v += SUBGROUPS) {
    float sum = 0;
    for (uint i = v * gl_SubgroupSize + gl_SubgroupInvocationID; i < quads; i += VIRTUAL_SUBGROUPS * gl_SubgroupSize) {
      vec4 w = x[start + i];
      uint left = params.columns - 4 * i;
      if (left < 4) w = mix(vec4(0), w, lessThan(uvec4(0, 1, 2, 3), uvec4(left)));
      sum += dot(w, w);
    }
    sums[v] = subgroupAdd(sum);
  }
  if (SUBGROUPS > 1) {
    for (uint v = gl_SubgroupID; v < VIRTUAL_SUBGROUPS; v += SUBGROUPS) {
      if (subgroupElect()) partial_sums[v] = sums[v];
    }
    barrier();
    for (uint v = 0; v < VIRTUAL_SUBGROUPS; v++) sums[v] = partial_sums[v];
  }
  precise float sum = 0;
  for (uint v = 0; v < VIRTUAL_SUBGROUPS; v++) sum += sums[v];
  float scale = 1 / sqrt(sum / float(params.columns) + params.epsilon);
  for (uint i = gl_LocalInvocationID.x; i < quads; i += gl_WorkGroupSize.x) y[start + i] = x[start + i] * scale * weight[i];
}
