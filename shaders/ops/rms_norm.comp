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
vec4 x_quad(uint i) { return x[i]; }
layout(std430, set = 0, binding = 2) readonly buffer Weight { vec4 weight[]; };
layout(std430, set = 0, binding = 3) writeonly buffer Y { vec4 y[]; };

#include "rms.glsl"

shared float shared_parts[RMS_PARTS];

void main() {
  uint row = gl_WorkGroupID.x;
  if (row >= step_row_count()) return;
  uint start = row * (row_stride(params.columns) / 4);
  uint quads = (params.columns + 3) / 4;
  float parts[RMS_PARTS];
  for (uint p = gl_SubgroupID; p < RMS_PARTS; p += SUBGROUPS) parts[p] = rms_part(start, params.columns, p);
  if (SUBGROUPS > 1) {
    for (uint p = gl_SubgroupID; p < RMS_PARTS; p += SUBGROUPS) {
      if (subgroupElect()) shared_parts[p] = parts[p];
    }
    barrier();
    for (uint p = 0; p < RMS_PARTS; p++) parts[p] = shared_parts[p];
  }
  float scale = rms_scale(parts, params.columns, params.epsilon);
  for (uint i = gl_LocalInvocationID.x; i < quads; i += gl_WorkGroupSize.x) {
    y[start + i] = normalised(x[start + i], scale, weight[i]);
  }
}
