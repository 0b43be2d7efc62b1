//! op: probe
//! requires: integer_dot
// Dot products of 4 packed signed bytes in 16 chains: the rate of 8-bit integer arithmetic. One round is 128 operations per
// invocation.
#version 460
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_spirv_intrinsics : require
#include "probe.h"

// OpSDot of two words of 4 signed bytes (SPIR-V 1.6; DotProduct, DotProductInput4x8BitPacked).
spirv_instruction(extensions = ["SPV_KHR_integer_dot_product"], capabilities = [6019, 6018], id = 4450)
int packed_dot(int a, int b, spirv_literal int packed_format);

layout(local_size_x_id = 0) in;
layout(push_constant) uniform Push { ProbeParams params; };
layout(std430, set = 0, binding = 0) readonly buffer Source { uint source[]; };
layout(std430, set = 0, binding = 1) writeonly buffer Result { uint result[]; };

void main() {
  int factor = int(source[0] + 0x01020304u);
  int chains[16];
  for (uint j = 0; j < 16; j++) chains[j] = int(j + gl_LocalInvocationID.x);
  for (uint i = 0; i < params.iterations; i++) {
    for (uint j = 0; j < 16; j++) chains[j] += packed_dot(chains[j], factor, 0);
  }
  int sum = 0;
  for (uint j = 0; j < 16; j++) sum ^= chains[j];
  if (sum == 0x6b616c73) result[0] = 1;
}
