//! op: linear
//! formats: all
//! requires: subgroup_ballot
// y = x · weightᵀ of many rows for CPU drivers. n: weight rows, k: weight columns. A lane is a token, TOKENS subgroups of
// tokens side by side; a workgroup of one subgroup makes ROWS weight rows for them. The lanes gather one group of a weight
// row, each a part, and broadcast it value by value: a uniform load for each value would cost more.
// A result adds up its groups, and each group its products, in the order of linear_lane.comp: both give the same bits.
#version 460
#extension GL_GOOGLE_include_directive : require
#extension GL_KHR_shader_subgroup_ballot : require
#include "linear.h"
#include "step.glsl"
#define FORMAT_BINDING 1
#include "format.glsl"
#include "format_scaling.glsl"

layout(local_size_x_id = 0) in;
layout(constant_id = 2) const uint ROWS = 8;
layout(constant_id = 3) const uint TOKENS = 2;
layout(push_constant) uniform Push { LinearParams params; };
layout(std430, set = 0, binding = FORMAT_BINDING + FORMAT_PLANES) readonly buffer X { vec4 x[]; };
layout(std430, set = 0, binding = FORMAT_BINDING + FORMAT_PLANES + 1) writeonly buffer Y { float y[]; };

const uint GROUP_COLUMNS = 4 * FORMAT_QUADS;
const uint HELD = (GROUP_COLUMNS + gl_WorkGroupSize.x - 1) / gl_WorkGroupSize.x;

float sums[ROWS * TOKENS];
uint row_starts[TOKENS];

// `left`: columns of the group that are no padding; weights there are zero, activations undefined.
void accumulate(uint group, uint first_n, uint left) {
  vec4 activations[TOKENS * FORMAT_QUADS];
  precise float totals[TOKENS * FORMAT_PARTS];
  for (uint t = 0; t < TOKENS * FORMAT_PARTS; t++) totals[t] = 0;
  for (uint t = 0; t < TOKENS; t++) {
    for (uint i = 0; i < FORMAT_QUADS; i++) {
      vec4 a = x[row_starts[t] + group * FORMAT_QUADS + i];
      if (left < GROUP_COLUMNS) a = mix(vec4(0), a, lessThan(uvec4(0, 1, 2, 3) + 4 * i, uvec4(left)));
      activations[t * FORMAT_QUADS + i] = a;
      totals[t * FORMAT_PARTS + i / PART_QUADS] += quad_total(a);
    }
  }
  for (uint r = 0; r < ROWS; r++) {
    uint n = min(first_n + r, params.n - 1);
    float held[HELD];
    for (uint h = 0; h < HELD; h++) {
      uint column = min(h * gl_WorkGroupSize.x + gl_SubgroupInvocationID, GROUP_COLUMNS - 1);
      held[h] = format_value(n, group, column, params.k);
    }
    // Only its scales are used; the lanes have its numbers already.
    FORMAT_GROUP packed = format_group(n, group, params.k);
    for (uint p = 0; p < FORMAT_PARTS; p++) {
      precise float products[TOKENS];
      for (uint t = 0; t < TOKENS; t++) products[t] = 0;
      for (uint i = 0; i < 4 * PART_QUADS; i++) {
        uint c = 4 * PART_QUADS * p + i;
        float w = subgroupBroadcast(held[c / gl_WorkGroupSize.x], c % gl_WorkGroupSize.x);
        for (uint t = 0; t < TOKENS; t++) {
          products[t] = fma(w, activations[t * FORMAT_QUADS + c / 4][c % 4], products[t]);
        }
      }
      for (uint t = 0; t < TOKENS; t++) {
        sums[r * TOKENS + t] = add_part(sums[r * TOKENS + t], products[t], totals[t * FORMAT_PARTS + p], packed, p);
      }
    }
  }
}

void main() {
  uint first_n = gl_WorkGroupID.x * ROWS;
  uint rows = step_row_count();
  uint first_row = gl_WorkGroupID.y * gl_WorkGroupSize.x * TOKENS;
  if (first_row >= rows) return;
  for (uint i = 0; i < ROWS * TOKENS; i++) sums[i] = 0;
  for (uint t = 0; t < TOKENS; t++) {
    uint row = first_row + t * gl_WorkGroupSize.x + gl_SubgroupInvocationID;
    row_starts[t] = min(row, rows - 1) * (row_stride(params.k) / 4);
  }
  uint whole = params.k / GROUP_COLUMNS;
  for (uint group = 0; group < whole; group++) accumulate(group, first_n, GROUP_COLUMNS);
  if (whole * GROUP_COLUMNS < params.k) accumulate(whole, first_n, params.k - whole * GROUP_COLUMNS);
  for (uint t = 0; t < TOKENS; t++) {
    uint row = first_row + t * gl_WorkGroupSize.x + gl_SubgroupInvocationID;
    if (row >= rows) continue;
    for (uint r = 0; r < ROWS && first_n + r < params.n; r++) {
      y[row * row_stride(params.y_columns) + params.y_first + first_n + r] = sums[r * TOKENS + t];
    }
  }
}
