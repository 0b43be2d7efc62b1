//! op: probe
// Copies `count` vectors of 16 bytes, `iterations` times over: the bandwidth of loads and stores together.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "probe.h"

layout(local_size_x_id = 0) in;
layout(push_constant) uniform Push { ProbeParams params; };
layout(std430, set = 0, binding = 0) readonly buffer Source { uvec4 source[]; };
layout(std430, set = 0, binding = 1) writeonly buffer Target { uvec4 target[]; };

void main() {
  uint lanes = gl_NumWorkGroups.x * gl_WorkGroupSize.x;
  for (uint round = 0; round < params.iterations; round++) {
    for (uint i = gl_GlobalInvocationID.x; i < params.count; i += lanes) target[i] = source[i];
  }
}
