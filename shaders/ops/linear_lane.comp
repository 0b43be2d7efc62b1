//! op: linear
//! formats: all
//! requires: subgroup_ballot subgroup_arithmetic subgroup_shuffle int64
// y = x · weightᵀ for CPU drivers, with what it is fused with (lib/linear_tail.glsl). n: weight rows, k: weight columns. Each lane owns ROWS weight rows and TOKENS tokens;
// nothing is reduced across lanes, there is no barrier. Loads are dear, each lane makes its own with a check of bounds: of a
// block of activations each lane loads a vec4, which is then broadcast, and what groups of weights share is loaded once.
// The order of additions of a result depends on neither ROWS nor TOKENS, and `precise` keeps compilers from changing
// it: a row has the same bits alone and in company.
#version 460
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#extension GL_KHR_shader_subgroup_arithmetic : require
#extension GL_KHR_shader_subgroup_ballot : require
#extension GL_KHR_shader_subgroup_shuffle : require
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
layout(std430, set = 0, binding = FORMAT_BINDING + FORMAT_PLANES) readonly buffer X { UNIT x[]; };
vec4 x_quad(uint i) { return floats(x[i]); }
#define TAIL_BINDING (FORMAT_BINDING + FORMAT_PLANES + 1)
#include "linear_tail.glsl"

const uint LANES = gl_WorkGroupSize.x;
// A block is what the lanes hold of a row of x: a vec4 each, or as many as make a group.
const uint HELD = LANES >= FORMAT_QUADS ? 1 : FORMAT_QUADS / LANES;
const uint BLOCK_QUADS = HELD * LANES;
const uint BLOCK_GROUPS = BLOCK_QUADS / FORMAT_QUADS;
const uint HEAD_BLOCKS = HEAD_QUADS > BLOCK_QUADS ? HEAD_QUADS / BLOCK_QUADS : 1;

float sums[ROWS * TOKENS];
uint weight_rows[ROWS];
uint row_starts[TOKENS];
float scales[TOKENS];
ROW_HEAD heads[ROWS];

vec4 spread(vec4 mine, uint lane) {
  return vec4(
      subgroupBroadcast(mine.x, lane), subgroupBroadcast(mine.y, lane), subgroupBroadcast(mine.z, lane),
      subgroupBroadcast(mine.w, lane));
}

// Row r of a lane: of the weight rows that lie side by side the one with the lane's number; in pairs, the first ones and then
// their partners.
uint weight_row(uint r) {
  uint first = gl_WorkGroupID.x * LANES * ROWS;
  if (!IS_PAIRED) return first + r * LANES + gl_SubgroupInvocationID;
  return paired_row(first / 2 + r / 2 * LANES + gl_SubgroupInvocationID) + (r & 1) * params.partner;
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
      vec4 a = x_quad(row_starts[t] + quad);
      if (NORMED) a = normalised(a, scales[t], norm_quad(quad));
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
  uint first_row = gl_WorkGroupID.y * TOKENS;
  uint rows = step_row_count();
  [[unroll]] for (uint r = 0; r < ROWS; r++) weight_rows[r] = min(weight_row(r), params.n - 1);
  [[unroll]] for (uint t = 0; t < TOKENS; t++) {
    row_starts[t] = min(first_row + t, max(rows, 1) - 1) * (row_stride(params.k) / 4);
    if (NORMED) scales[t] = row_scale(row_starts[t]);
  }
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
  [[unroll]] for (uint r = 0; r < ROWS; r += IS_PAIRED ? 2 : 1) {
    uint n = weight_row(r);
    [[unroll]] for (uint t = 0; t < TOKENS; t++) {
      float value = sums[r * TOKENS + t];
      float partner = IS_PAIRED ? sums[(r + 1) * TOKENS + t] : 0;
      bool is_wanted = n < params.n && first_row + t < rows;
      if (TAIL == TAIL_ROTARY_STORE) {
        // Halves are stored two by two: a lane gives its own to the one before it.
        vec2 next = vec2(subgroupShuffleXor(value, 1), subgroupShuffleXor(partner, 1));
        if (is_wanted && (n & 1) == 0) finish_rotary(first_row + t, n, vec2(value, next.x), vec2(partner, next.y));
      } else if (is_wanted) {
        if (IS_PAIRED) finish_swiglu(first_row + t, n, value, partner); else finish(first_row + t, n, value);
      }
    }
  }
}
