//! op: probe
//! requires: coopmat_f16_f32
// Products of half-precision matrices with single-precision sums in 4 chains per subgroup: the rate of matrix units. One round
// is 4 · 2 · M · N · K FLOP per subgroup.
#version 460
#extension GL_GOOGLE_include_directive : require
#extension GL_KHR_cooperative_matrix : require
#extension GL_KHR_memory_scope_semantics : require
#extension GL_EXT_shader_explicit_arithmetic_types_float16 : require
#include "probe.h"

layout(local_size_x_id = 0) in;
layout(constant_id = 2) const uint M = 16;
layout(constant_id = 3) const uint N = 16;
layout(constant_id = 4) const uint K = 16;
layout(push_constant) uniform Push { ProbeParams params; };
layout(std430, set = 0, binding = 0) readonly buffer Source { uint source[]; };
layout(std430, set = 0, binding = 1) writeonly buffer Result { float result[]; };

void main() {
  coopmat<float16_t, gl_ScopeSubgroup, M, K, gl_MatrixUseA> a =
      coopmat<float16_t, gl_ScopeSubgroup, M, K, gl_MatrixUseA>(float16_t(float(source[0]) + 0.5));
  coopmat<float16_t, gl_ScopeSubgroup, K, N, gl_MatrixUseB> b =
      coopmat<float16_t, gl_ScopeSubgroup, K, N, gl_MatrixUseB>(float16_t(float(source[1]) + 0.25));
  coopmat<float, gl_ScopeSubgroup, M, N, gl_MatrixUseAccumulator> chains[4];
  for (uint j = 0; j < 4; j++) {
    chains[j] = coopmat<float, gl_ScopeSubgroup, M, N, gl_MatrixUseAccumulator>(float(j));
  }
  for (uint i = 0; i < params.iterations; i++) {
    for (uint j = 0; j < 4; j++) chains[j] = coopMatMulAdd(a, b, chains[j]);
  }
  float sum = 0;
  for (uint j = 0; j < 4; j++) sum += chains[j][0];
  if (sum == -1.0) result[0] = sum;
}
