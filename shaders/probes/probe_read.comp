//! op: probe
// Reads `count` vectors of 16 bytes, each once, neighbouring lanes neighbouring vectors: the bandwidth of plain loads.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "probe.h"

layout(local_size_x_id = 0) in;
layout(constant_id = 2) const uint LOADS = 4;  // in flight per invocation
layout(push_constant) uniform Push { ProbeParams params; };
layout(std430, set = 0, binding = 0) readonly buffer Source { uvec4 source[]; };
layout(std430, set = 0, binding = 1) writeonly buffer Result { uint result[]; };

void main() {
  uint lanes = gl_NumWorkGroups.x * gl_WorkGroupSize.x;
  uvec4 sums[LOADS];
  for (uint j = 0; j < LOADS; j++) sums[j] = uvec4(0);
  uint i = gl_GlobalInvocationID.x;
  for (; i + (LOADS - 1) * lanes < params.count; i += LOADS * lanes) {
    for (uint j = 0; j < LOADS; j++) sums[j] ^= source[i + j * lanes];
  }
  for (; i < params.count; i += lanes) sums[0] ^= source[i];
  uvec4 sum = sums[0];
  for (uint j = 1; j < LOADS; j++) sum ^= sums[j];
  // Never true of what the host writes: it keeps the loads.
  if ((sum.x ^ sum.y ^ sum.z ^ sum.w) == 0x6b616c73u) result[0] = 1;
}
