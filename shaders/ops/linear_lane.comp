//! op: linear
//! formats: all
//! requires: subgroup_ballot int64
// y = x · weightᵀ for CPU drivers. n: weight rows, k: weight columns. Each lane owns ROWS weight rows and TOKENS tokens;
// nothing is reduced across lanes, there is no barrier. Loads are dear, each lane makes its own with a check of bounds: of a
// block of activations each lane loads a vec4, which is then broadcast, and what groups of weights share is loaded once.
// The order of additions of a result depends on neither ROWS nor TOKENS, and `precise` keeps compilers from changing
// it: a row has the same bits alone and in company.
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
layout(constant_id = 2) const uint ROWS = 4;
layout(constant_id = 3) const uint TOKENS = 1;
layout(push_constant) uniform Push { LinearParams params; };
layout(std430, set = 0, binding = FORMAT_BINDING + FORMAT_PLANES) readonly buffer X { vec4 x[]; };
layout(std430, set = 0, binding = FORMAT_BINDING + FORMAT_PLANES + 1) writeonly buffer Y { float y[]; };

const uint LANES = gl_WorkGroupSize.x;
// A block is what the lanes hold of a row of x: a vec4 each, or as many as make a group.
const uint HELD = LANES >= FORMAT_QUADS ? 1 : FORMAT_QUADS / LANES;
const uint BLOCK_QUADS = HELD * LANES;
const uint BLOCK_GROUPS = BLOCK_QUADS / FORMAT_QUADS;
const uint HEAD_BLOCKS = HEAD_QUADS > BLOCK_QUADS ? HEAD_QUADS / BLOCK_QUADS : 1;

float sums[ROWS * TOKENS];
uint weight_rows[ROWS];
uint row_starts[TOKENS];
ROW_HEAD heads[ROWS];

vec4 spread(vec4 mine, uint lane) {
  return vec4(
      subgroupBroadcast(mine.x, lane), subgroupBroadcast(mine.y, lane), subgroupBroadcast(mine.z, lane),
      subgroupBroadcast(mine.w, lane));
}

void load_heads(uint block) {
  [[unroll]] for (uint r = 0; r < ROWS; r++) heads[r] = row_head(weight_rows[r], block * BLOCK_QUADS / HEAD_QUADS, params.k);
}

// Adds the first `groups` groups of a block. Past the end of a ragged one weights are zero, activations undefined.
void accumulate(uint block, uint groups, bool is_ragged) {
  vec4 held[TOKENS * HELD];
  [[unroll]] for (uint t = 0; t < TOKENS; t++) {
    [[unroll]] for (uint h = 0; h < HELD; h++) {
      uint quad = block * BLOCK_QUADS + h * LANES + gl_SubgroupInvocationID;
      vec4 a = x[row_starts[t] + quad];
      if (is_ragged) {
        uint left = params.k - min(params.k, 4 * quad);
        a = mix(vec4(0), a, lessThan(uvec4(0, 1, 2, 3), uvec4(left)));
      }
      held[t * HELD + h] = a;
    }
  }
  [[unroll]] for (uint g = 0; g < groups; g++) {
    vec4 activations[TOKENS * FORMAT_QUADS];
    precise float totals[TOKENS * FORMAT_PARTS];
    [[unroll]] for (uint t = 0; t < TOKENS * FORMAT_PARTS; t++) totals[t] = 0;
    [[unroll]] for (uint t = 0; t < TOKENS; t++) {
      [[unroll]] for (uint i = 0; i < FORMAT_QUADS; i++) {
        uint quad = g * FORMAT_QUADS + i;
        vec4 a = spread(held[t * HELD + quad / LANES], quad % LANES);
        activations[t * FORMAT_QUADS + i] = a;
        totals[t * FORMAT_PARTS + i / PART_QUADS] += quad_total(a);
      }
    }
    [[unroll]] for (uint r = 0; r < ROWS; r++) {
      FORMAT_GROUP packed = headed_group(weight_rows[r], block * BLOCK_GROUPS + g, params.k, heads[r]);
      [[unroll]] for (uint t = 0; t < TOKENS; t++) {
        [[unroll]] for (uint p = 0; p < FORMAT_PARTS; p++) {
          precise float product = 0;
          [[unroll]] for (uint i = 0; i < PART_QUADS; i++) {
            vec4 a = activations[t * FORMAT_QUADS + p * PART_QUADS + i];
            vec4 w = format_quad(packed, p * PART_QUADS + i);
            product = fma(w.w, a.w, fma(w.z, a.z, fma(w.y, a.y, fma(w.x, a.x, product))));
          }
          sums[r * TOKENS + t] = add_part(sums[r * TOKENS + t], product, totals[t * FORMAT_PARTS + p], packed, p);
        }
      }
    }
  }
}

void main() {
  uint first_n = gl_WorkGroupID.x * LANES * ROWS + gl_SubgroupInvocationID;
  uint first_row = gl_WorkGroupID.y * TOKENS;
  uint rows = step_row_count();
  [[unroll]] for (uint r = 0; r < ROWS; r++) weight_rows[r] = min(first_n + r * LANES, params.n - 1);
  [[unroll]] for (uint t = 0; t < TOKENS; t++) row_starts[t] = min(first_row + t, max(rows, 1) - 1) * (row_stride(params.k) / 4);
  [[unroll]] for (uint i = 0; i < ROWS * TOKENS; i++) sums[i] = 0;
  // No work instead of a return, after which every load would ask whether its lane is still there.
  uint groups = first_row < rows ? format_group_count(params.k) : 0;
  uint whole = first_row < rows ? params.k / (4 * HEAD_BLOCKS * BLOCK_QUADS) * HEAD_BLOCKS : 0;
  for (uint block = 0; block < whole; block += HEAD_BLOCKS) {
    load_heads(block);
    [[dont_unroll]] for (uint b = 0; b < HEAD_BLOCKS; b++) accumulate(block + b, BLOCK_GROUPS, false);
  }
  if (whole * BLOCK_GROUPS < groups) load_heads(whole);
  for (uint block = whole; block * BLOCK_GROUPS < groups; block++) {
    accumulate(block, min(groups - block * BLOCK_GROUPS, BLOCK_GROUPS), true);
  }
  [[unroll]] for (uint r = 0; r < ROWS; r++) {
    uint n = first_n + r * LANES;
    [[unroll]] for (uint t = 0; t < TOKENS; t++) {
      if (n < params.n && first_row + t < rows) {
        y[(first_row + t) * row_stride(params.y_columns) + params.y_first + n] = sums[r * TOKENS + t];
      }
    }
  }
}
