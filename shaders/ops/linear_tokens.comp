//! op: linear
//! formats: all
//! requires: subgroup_ballot int64
// y = x · weightᵀ of many rows for CPU drivers. n: weight rows, k: weight columns. A lane is a token, TOKENS subgroups of
// tokens side by side; a workgroup of one subgroup makes workgroup_rows weight rows for them. Loads are dear, each lane makes
// its own with a check of bounds: so activations of as many groups as there are lanes are held while all those rows pass by,
// and of a weight row each lane loads and decodes one group, which is then broadcast number by number.
// A result adds up its groups, and each group its products, in the order of linear_lane.comp: both give the same bits.
#version 460
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#extension GL_KHR_shader_subgroup_ballot : require
#define WIDE_LOADS
#include "linear.h"
#include "step.glsl"
#define FORMAT_BINDING 1
#include "format.glsl"
#include "format_scaling.glsl"

layout(local_size_x_id = 0) in;
layout(constant_id = 2) const uint TOKENS = 2;
layout(push_constant) uniform Push { LinearParams params; };
layout(std430, set = 0, binding = FORMAT_BINDING + FORMAT_PLANES) readonly buffer X { UNIT x[]; };
layout(std430, set = 0, binding = FORMAT_BINDING + FORMAT_PLANES + 1) writeonly buffer Y { float y[]; };

const uint LANES = gl_WorkGroupSize.x;
const uint MOST_ROWS = 128;

float sums[MOST_ROWS * TOKENS];
uint row_starts[TOKENS];
vec4 held[TOKENS * LANES * FORMAT_QUADS];

// Of each part of a held group, what its activations add up to; without offsets nothing reads it, and compilers drop it.
float totals[TOKENS * LANES * FORMAT_PARTS];

vec4 spread(vec4 mine, uint lane) {
  return vec4(
      subgroupBroadcast(mine.x, lane), subgroupBroadcast(mine.y, lane), subgroupBroadcast(mine.z, lane),
      subgroupBroadcast(mine.w, lane));
}

// Each load costs the compiler a branch per lane: large groups, unrolled, take it ten seconds where a loop takes one and makes
// prompts an eighth slower.
#if FORMAT_QUADS > 4
#define EACH_GROUP [[dont_unroll]]
#else
#define EACH_GROUP [[unroll]]
#endif

// Holds the activations of LANES groups from `group` on. Weights in the padding are zero, activations undefined.
void hold(uint group) {
  EACH_GROUP for (uint g = 0; g < LANES; g++) {
    [[unroll]] for (uint t = 0; t < TOKENS; t++) {
      [[unroll]] for (uint p = 0; p < FORMAT_PARTS; p++) {
        precise float total = 0;
        [[unroll]] for (uint i = 0; i < PART_QUADS; i++) {
          uint quad = (group + g) * FORMAT_QUADS + p * PART_QUADS + i;
          uint left = params.k - min(params.k, 4 * quad);
          vec4 a = floats(x[row_starts[t] + (left > 0 ? quad : 0)]);
          a = mix(vec4(0), a, lessThan(uvec4(0, 1, 2, 3), uvec4(left)));
          held[(t * LANES + g) * FORMAT_QUADS + p * PART_QUADS + i] = a;
          total += quad_total(a);
        }
        totals[(t * LANES + g) * FORMAT_PARTS + p] = total;
      }
    }
  }
}

// Adds what the held groups give with each weight row.
void accumulate(uint first_n, uint group, uint groups) {
  [[dont_unroll]] for (uint r = 0; r < params.workgroup_rows; r++) {
    uint n = min(first_n + r, params.n - 1);
    FORMAT_GROUP packed = row_group(n, min(group + gl_SubgroupInvocationID, groups - 1), params.k);
    vec4 quads[FORMAT_QUADS];
    [[unroll]] for (uint i = 0; i < FORMAT_QUADS; i++) quads[i] = format_quad(packed, i);
    float sum[TOKENS];
    [[unroll]] for (uint t = 0; t < TOKENS; t++) sum[t] = sums[r * TOKENS + t];
    [[unroll]] for (uint g = 0; g < LANES; g++) {
      [[unroll]] for (uint p = 0; p < FORMAT_PARTS; p++) {
        precise float products[TOKENS];
        [[unroll]] for (uint t = 0; t < TOKENS; t++) products[t] = 0;
        [[unroll]] for (uint i = 0; i < PART_QUADS; i++) {
          vec4 w = spread(quads[p * PART_QUADS + i], g);
          [[unroll]] for (uint t = 0; t < TOKENS; t++) {
            vec4 a = held[(t * LANES + g) * FORMAT_QUADS + p * PART_QUADS + i];
            products[t] = fma(w.w, a.w, fma(w.z, a.z, fma(w.y, a.y, fma(w.x, a.x, products[t]))));
          }
        }
        float scale = subgroupBroadcast(part_scale(packed, p), g);
        float offset = subgroupBroadcast(part_offset(packed, p), g);
        [[unroll]] for (uint t = 0; t < TOKENS; t++) {
          sum[t] = add_scaled(sum[t], products[t], totals[(t * LANES + g) * FORMAT_PARTS + p], scale, offset);
        }
      }
    }
    [[unroll]] for (uint t = 0; t < TOKENS; t++) sums[r * TOKENS + t] = sum[t];
  }
}

void main() {
  uint first_n = gl_WorkGroupID.x * params.workgroup_rows;
  uint rows = step_row_count();
  uint first_row = gl_WorkGroupID.y * LANES * TOKENS;
  if (first_row >= rows) return;
  [[dont_unroll]] for (uint i = 0; i < params.workgroup_rows * TOKENS; i++) sums[i] = 0;
  [[unroll]] for (uint t = 0; t < TOKENS; t++) {
    uint row = first_row + t * LANES + gl_SubgroupInvocationID;
    row_starts[t] = min(row, rows - 1) * (row_stride(params.k) / 4);
  }
  uint groups = format_group_count(params.k);
  for (uint group = 0; group < groups; group += LANES) {
    hold(group);
    accumulate(first_n, group, groups);
  }
  [[unroll]] for (uint t = 0; t < TOKENS; t++) {
    uint row = first_row + t * LANES + gl_SubgroupInvocationID;
    if (row >= rows) continue;
    for (uint r = 0; r < params.workgroup_rows && first_n + r < params.n; r++) {
      y[row * row_stride(params.y_columns) + params.y_first + first_n + r] = sums[r * TOKENS + t];
    }
  }
}
