//! op: linear
//! formats: all
// y = x · weightᵀ for CPU drivers. n: weight rows, k: weight columns. Each lane owns ROWS weight rows and TOKENS tokens:
// weights are gathered by row, activations are uniform, nothing is reduced across lanes, there is no barrier.
// The order of additions of a result depends on neither ROWS nor TOKENS, and `precise` keeps compilers from changing
// it: a row has the same bits alone and in company.
#version 460
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#include "linear.h"
#include "step.glsl"
#define FORMAT_BINDING 1
#include "format.glsl"
#include "format_scaling.glsl"

layout(local_size_x_id = 0) in;
layout(constant_id = 2) const uint ROWS = 4;
layout(constant_id = 3) const uint TOKENS = 1;
layout(push_constant) uniform Push { LinearParams params; };
layout(std430, set = 0, binding = FORMAT_BINDING + FORMAT_PLANES) readonly buffer X { vec4 x[]; };
layout(std430, set = 0, binding = FORMAT_BINDING + FORMAT_PLANES + 1) writeonly buffer Y { float y[]; };

// The activations of wide groups fill all registers: more rows at a time would only spill them.
#if FORMAT_QUADS > 4
#define EACH_ROW [[dont_unroll]]
#else
#define EACH_ROW
#endif

float sums[ROWS * TOKENS];

// `left`: columns of the group that are no padding; weights there are zero, activations undefined.
void accumulate(uint group, uint first_n, uint first_row, uint rows, uint left) {
  vec4 activations[TOKENS * FORMAT_QUADS];
  precise float totals[TOKENS * FORMAT_PARTS];
  for (uint t = 0; t < TOKENS * FORMAT_PARTS; t++) totals[t] = 0;
  for (uint t = 0; t < TOKENS; t++) {
    uint quad = min(first_row + t, rows - 1) * (row_stride(params.k) / 4) + group * FORMAT_QUADS;
    for (uint i = 0; i < FORMAT_QUADS; i++) {
      vec4 a = x[quad + i];
      if (left < 4 * FORMAT_QUADS) a = mix(vec4(0), a, lessThan(uvec4(0, 1, 2, 3) + 4 * i, uvec4(left)));
      activations[t * FORMAT_QUADS + i] = a;
      totals[t * FORMAT_PARTS + i / PART_QUADS] += quad_total(a);
    }
  }
  EACH_ROW for (uint r = 0; r < ROWS; r++) {
    uint n = min(first_n + r * gl_WorkGroupSize.x, params.n - 1);
    FORMAT_GROUP packed = format_group(n, group, params.k);
    for (uint t = 0; t < TOKENS; t++) {
      for (uint p = 0; p < FORMAT_PARTS; p++) {
        precise float product = 0;
        for (uint i = 0; i < PART_QUADS; i++) {
          vec4 a = activations[t * FORMAT_QUADS + p * PART_QUADS + i];
          vec4 w = format_quad(packed, p * PART_QUADS + i);
          product = fma(w.w, a.w, fma(w.z, a.z, fma(w.y, a.y, fma(w.x, a.x, product))));
        }
        sums[r * TOKENS + t] = add_part(sums[r * TOKENS + t], product, totals[t * FORMAT_PARTS + p], packed, p);
      }
    }
  }
}

void main() {
  uint first_n = gl_WorkGroupID.x * gl_WorkGroupSize.x * ROWS + gl_LocalInvocationID.x;
  uint first_row = gl_WorkGroupID.y * TOKENS;
  uint rows = step_row_count();
  if (first_row >= rows) return;
  for (uint i = 0; i < ROWS * TOKENS; i++) sums[i] = 0;
  uint group_columns = 4 * FORMAT_QUADS;
  uint whole = params.k / group_columns;
  for (uint group = 0; group < whole; group++) accumulate(group, first_n, first_row, rows, group_columns);
  if (whole * group_columns < params.k) {
    accumulate(whole, first_n, first_row, rows, params.k - whole * group_columns);
  }
  for (uint r = 0; r < ROWS; r++) {
    uint n = first_n + r * gl_WorkGroupSize.x;
    if (n >= params.n) return;
    for (uint t = 0; t < TOKENS; t++) {
      if (first_row + t < rows) {
        y[(first_row + t) * row_stride(params.y_columns) + params.y_first + n] = sums[r * TOKENS + t];
      }
    }
  }
}
