//! op: linear
//! formats: all
//! requires: subgroup_arithmetic
// y = x · weightᵀ for GPUs. n: weight rows, k: weight columns. A subgroup makes ROWS × TOKENS results: its lanes stride
// over the groups of a weight row, each group is decoded once for all tokens, and the lanes' sums are added at the end.
// The order of additions of a result depends on neither ROWS nor TOKENS, and `precise` keeps compilers from changing
// it: a row has the same bits alone and in company.
#version 460
#extension GL_GOOGLE_include_directive : require
#extension GL_KHR_shader_subgroup_arithmetic : require
#include "linear.h"
#include "step.glsl"
#define FORMAT_BINDING 1
#include "format.glsl"
#include "format_scaling.glsl"

layout(local_size_x_id = 0) in;
layout(constant_id = 2) const uint ROWS = 2;
layout(constant_id = 3) const uint TOKENS = 1;
layout(push_constant) uniform Push { LinearParams params; };
layout(std430, set = 0, binding = FORMAT_BINDING + FORMAT_PLANES) readonly buffer X { vec4 x[]; };
layout(std430, set = 0, binding = FORMAT_BINDING + FORMAT_PLANES + 1) writeonly buffer Y { float y[]; };

// Columns past k are padding: weights there are zero, activations undefined.
vec4 load_x(uint row, uint quad) {
  vec4 v = x[row * (row_stride(params.k) / 4) + quad];
  uint left = params.k - min(params.k, 4 * quad);
  return left >= 4 ? v : mix(vec4(0), v, lessThan(uvec4(0, 1, 2, 3), uvec4(left)));
}

void main() {
  uint first_n = (gl_WorkGroupID.x * gl_NumSubgroups + gl_SubgroupID) * ROWS;
  uint first_row = gl_WorkGroupID.y * TOKENS;
  uint rows = step_row_count();
  if (first_row >= rows || first_n >= params.n) return;
  precise float sums[ROWS * TOKENS];
  for (uint i = 0; i < ROWS * TOKENS; i++) sums[i] = 0;
  for (uint group = gl_SubgroupInvocationID; group < format_group_count(params.k); group += gl_SubgroupSize) {
    vec4 activations[TOKENS * FORMAT_QUADS];
    precise float totals[TOKENS * FORMAT_PARTS];
    for (uint t = 0; t < TOKENS * FORMAT_PARTS; t++) totals[t] = 0;
    for (uint t = 0; t < TOKENS; t++) {
      for (uint i = 0; i < FORMAT_QUADS; i++) {
        vec4 a = load_x(min(first_row + t, rows - 1), group * FORMAT_QUADS + i);
        activations[t * FORMAT_QUADS + i] = a;
        totals[t * FORMAT_PARTS + i / PART_QUADS] += quad_total(a);
      }
    }
    for (uint r = 0; r < ROWS; r++) {
      uint n = min(first_n + r, params.n - 1);
      FORMAT_GROUP packed = row_group(n, group, params.k);
      for (uint t = 0; t < TOKENS; t++) {
        for (uint p = 0; p < FORMAT_PARTS; p++) {
          precise float product = 0;
          for (uint i = 0; i < PART_QUADS; i++) {
            vec4 w = format_quad(packed, p * PART_QUADS + i);
            vec4 a = activations[t * FORMAT_QUADS + p * PART_QUADS + i];
            product = fma(w.w, a.w, fma(w.z, a.z, fma(w.y, a.y, fma(w.x, a.x, product))));
          }
          sums[r * TOKENS + t] = add_part(sums[r * TOKENS + t], product, totals[t * FORMAT_PARTS + p], packed, p);
        }
      }
    }
  }
  for (uint r = 0; r < ROWS; r++) {
    for (uint t = 0; t < TOKENS; t++) {
      float sum = subgroupAdd(sums[r * TOKENS + t]);
      if (subgroupElect() && first_n + r < params.n && first_row + t < rows) {
        y[(first_row + t) * row_stride(params.y_columns) + params.y_first + first_n + r] = sum;
      }
    }
  }
}
