//! op: probe
// Reads `count` vectors of 16 bytes, `iterations` times over: the bandwidth of loads. Which lane loads what is tunable, since
// the fastest way is the device's own: see PATTERN.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "probe.h"

layout(local_size_x_id = 0) in;
layout(constant_id = 2) const uint LOADS = 4;  // in flight per invocation
// 0: neighbouring lanes neighbouring vectors, over the whole grid. 1: the same, but each workgroup has a run of its own.
// 2: each lane has a run of its own.
layout(constant_id = 3) const uint PATTERN = 0;
layout(push_constant) uniform Push { ProbeParams params; };
layout(std430, set = 0, binding = 0) readonly buffer Source { uvec4 source[]; };
layout(std430, set = 0, binding = 1) writeonly buffer Result { uint result[]; };

void main() {
  uint lanes = gl_NumWorkGroups.x * gl_WorkGroupSize.x;
  uint start = gl_GlobalInvocationID.x;
  uint end = params.count;
  uint step = lanes;
  if (PATTERN == 1) {
    uint length = (params.count + gl_NumWorkGroups.x - 1) / gl_NumWorkGroups.x;
    start = gl_WorkGroupID.x * length + gl_LocalInvocationID.x;
    end = min(gl_WorkGroupID.x * length + length, params.count);
    step = gl_WorkGroupSize.x;
  } else if (PATTERN == 2) {
    uint length = (params.count + lanes - 1) / lanes;
    start = gl_GlobalInvocationID.x * length;
    end = min(start + length, params.count);
    step = 1;
  }
  uvec4 sums[LOADS];
  for (uint j = 0; j < LOADS; j++) sums[j] = uvec4(0);
  for (uint round = 0; round < params.iterations; round++) {
    uint i = start;
    for (; i + (LOADS - 1) * step < end; i += LOADS * step) {
      for (uint j = 0; j < LOADS; j++) sums[j] ^= source[i + j * step];
    }
    for (; i < end; i += step) sums[0] ^= source[i];
  }
  uvec4 sum = sums[0];
  for (uint j = 1; j < LOADS; j++) sum ^= sums[j];
  // Never true of what the host writes: it keeps the loads.
  if ((sum.x ^ sum.y ^ sum.z ^ sum.w) == 0x6b616c73u) result[0] = 1;
}
