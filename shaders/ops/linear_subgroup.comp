//! op: linear
//! formats: all
//! requires: subgroup_arithmetic
// y = x · weightᵀ for GPUs, with what it is fused with (lib/linear_tail.glsl). n: weight rows, k: weight columns. A subgroup makes ROWS × TOKENS results: its lanes stride
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
vec4 x_quad(uint i) { return x[i]; }
#define TAIL_BINDING (FORMAT_BINDING + FORMAT_PLANES + 1)
#include "linear_tail.glsl"

// Row r of a subgroup: one behind the other; in pairs, two neighbours and then their partners.
uint weight_row(uint r) {
  uint first = (gl_WorkGroupID.x * gl_NumSubgroups + gl_SubgroupID) * ROWS;
  if (!IS_PAIRED) return first + r;
  return paired_row(first / 2 + r / 4 * 2 + (r & 1)) + ((r & 2) == 0 ? 0 : params.partner);
}

// Columns past k are padding: weights there are zero, activations undefined.
vec4 load_x(uint row, uint quad, float scale) {
  vec4 v = x_quad(row * (row_stride(params.k) / 4) + quad);
  if (NORMED) v = normalised(v, scale, norm_quad(quad));
  uint left = params.k - min(params.k, 4 * quad);
  return left >= 4 ? v : mix(vec4(0), v, lessThan(uvec4(0, 1, 2, 3), uvec4(left)));
}

void main() {
  uint first_row = gl_WorkGroupID.y * TOKENS;
  uint rows = step_row_count();
  if (first_row >= rows || weight_row(0) >= params.n) return;
  float scales[TOKENS];
  for (uint t = 0; t < TOKENS; t++) {
    scales[t] = NORMED ? row_scale(min(first_row + t, rows - 1) * (row_stride(params.k) / 4)) : 1;
  }
  precise float sums[ROWS * TOKENS];
  for (uint i = 0; i < ROWS * TOKENS; i++) sums[i] = 0;
  for (uint group = gl_SubgroupInvocationID; group < format_group_count(params.k); group += gl_SubgroupSize) {
    vec4 activations[TOKENS * FORMAT_QUADS];
    precise float totals[TOKENS * FORMAT_PARTS];
    for (uint t = 0; t < TOKENS * FORMAT_PARTS; t++) totals[t] = 0;
    for (uint t = 0; t < TOKENS; t++) {
      for (uint i = 0; i < FORMAT_QUADS; i++) {
        vec4 a = load_x(min(first_row + t, rows - 1), group * FORMAT_QUADS + i, scales[t]);
        activations[t * FORMAT_QUADS + i] = a;
        totals[t * FORMAT_PARTS + i / PART_QUADS] += quad_total(a);
      }
    }
    for (uint r = 0; r < ROWS; r++) {
      uint n = min(weight_row(r), params.n - 1);
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
  for (uint i = 0; i < ROWS * TOKENS; i++) sums[i] = subgroupAdd(sums[i]);
  if (!subgroupElect()) return;
  for (uint t = 0; t < TOKENS && first_row + t < rows; t++) {
    for (uint r = 0; r < ROWS; r += IS_PAIRED ? 4 : 1) {
      uint n = weight_row(r);
      if (n >= params.n) break;
      if (!IS_PAIRED) {
        finish(first_row + t, n, sums[r * TOKENS + t]);
        continue;
      }
      vec2 first = vec2(sums[r * TOKENS + t], sums[(r + 1) * TOKENS + t]);
      vec2 second = vec2(sums[(r + 2) * TOKENS + t], sums[(r + 3) * TOKENS + t]);
      if (TAIL == TAIL_ROTARY_STORE) {
        finish_rotary(first_row + t, n, first, second);
      } else {
        finish_swiglu(first_row + t, n, first.x, second.x);
        if (n + 1 < params.partner) finish_swiglu(first_row + t, n + 1, first.y, second.y);
      }
    }
  }
}
