//! op: probe
// Does nothing: what a dispatch costs.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "probe.h"

layout(local_size_x_id = 0) in;
layout(push_constant) uniform Push { ProbeParams params; };
layout(std430, set = 0, binding = 0) readonly buffer Source { uint source[]; };
layout(std430, set = 0, binding = 1) writeonly buffer Result { uint result[]; };

void main() {
  if (params.count == 0xffffffffu) result[0] = source[0];
}
