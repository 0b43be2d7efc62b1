//! op: attention
//! elements: f16 f32 q8_0
//! requires: coopmat_f16_f32 subgroup_arithmetic subgroup_shuffle
// Causal attention of prompts on matrix units, with a running softmax. A query is a head of a row; those that share keys and
// values stand row by row. A workgroup takes SUBGROUPS strips of MATRIX_M queries, a subgroup each, which share what is staged
// of keys and values, KEYS positions at a time: scores = q · kᵀ, then sums = sums · kept + weights · v. Queries, scaled by a
// power of two each, keys, values and weights are rounded to float16; scores and sums are float32.
// Blocks begin at multiples of KEYS and are added in order. One that a query does not see leaves its sums as they are, bit by
// bit: they are kept times 1 and 0 is added. So a row has the same bits alone and in company.
#version 460
#extension GL_GOOGLE_include_directive : require
#extension GL_KHR_cooperative_matrix : require
#extension GL_EXT_control_flow_attributes : require
#extension GL_KHR_memory_scope_semantics : require
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_arithmetic : require
#extension GL_KHR_shader_subgroup_shuffle : require
#extension GL_EXT_shader_explicit_arithmetic_types_float16 : require
#include "attention.h"
#include "step.glsl"
#include "half_quad.glsl"

layout(local_size_x_id = 0) in;                 // SUBGROUPS · LANES
layout(constant_id = 2) const uint MATRIX_M = 16;
layout(constant_id = 3) const uint MATRIX_N = 16;
layout(constant_id = 4) const uint MATRIX_K = 16;
layout(constant_id = 5) const uint OCTETS = 8;  // dimensions of a head / 8
layout(constant_id = 6) const uint LANES = 32;  // of a subgroup
layout(constant_id = 7) const uint KEYS = 32;   // the same for all steps of a program
layout(constant_id = 10) const uint SUBGROUPS = 4;
layout(push_constant) uniform Push { AttentionParams params; };
layout(std430, set = 0, binding = 1) readonly buffer Queries { vec4 queries[]; };
#define CACHE_BINDING 2
#include "cache_octets.glsl"
layout(std430, set = 0, binding = 4) writeonly buffer Attended { vec4 attended[]; };
#include "attention_scores.glsl"
#include "attention_strip.glsl"

#define INPUT_A coopmat<float16_t, gl_ScopeSubgroup, MATRIX_M, MATRIX_K, gl_MatrixUseA>
#define INPUT_B coopmat<float16_t, gl_ScopeSubgroup, MATRIX_K, MATRIX_N, gl_MatrixUseB>
#define SUMS coopmat<float, gl_ScopeSubgroup, MATRIX_M, MATRIX_N, gl_MatrixUseAccumulator>
#define BY_ROWS gl_CooperativeMatrixLayoutRowMajor
#define BY_COLUMNS gl_CooperativeMatrixLayoutColumnMajor

const uint QUADS = OCTETS * 2;
const uint TILES = OCTETS * 8 / MATRIX_N;  // of a strip of results
// 16 bytes more than a row has, so that rows begin in different banks.
const uint STRIDE = OCTETS + 1;            // in uvec4
const uint VALUE_STRIDE = KEYS / 4 + 2;    // in uvec2

shared uvec4 query_tile[SUBGROUPS * MATRIX_M * STRIDE];
shared uvec4 key_tile[KEYS * STRIDE];                // [position][octet of dimensions]
shared uvec2 value_tile[OCTETS * 8 * VALUE_STRIDE];  // [dimension][quad of positions]
// Of the sequence that is walked: its first row, and what its rows in the workgroup see.
shared uint first_of_rows;
shared uint first_of_reach;
shared uint last_of_reach;

uvec4 half_octet(Octet octet) { return uvec4(half_quad(octet.low), half_quad(octet.high)); }
bool is_finite(uvec4 halves) {
  uvec4 carried = (halves & 0x7c007c00u) + 0x04000400u;
  return ((carried.x | carried.y | carried.z | carried.w) & 0x80008000u) == 0;
}

// Keys and values of the block from `start` on, which lies in the cache from `slot` on. In place of positions outside of `first`
// to `last`, which no query sees, the nearest comes again. A value that is no number would spread to queries that do not see
// it, for 0 times it is no number either: it becomes 0 and its position's key no number, which is a score to those who see it.
void stage_block(uint start, uint slot, uint first, uint last) {
  for (uint u = gl_LocalInvocationIndex; u < KEYS / 4 * OCTETS; u += gl_WorkGroupSize.x) {
    uint octet = u / (KEYS / 4);
    uint quad = u % (KEYS / 4);
    uvec4 k[4];
    uvec4 v[4];
    for (uint i = 0; i < 4; i++) {
      uint place = (slot + clamp(start + 4 * quad + i, first, last) - start) * OCTETS + octet;
      k[i] = half_octet(cache_key_octet(place));
      v[i] = half_octet(cache_value_octet(place));
    }
    for (uint i = 0; i < 4; i++) {
      bool is_number = is_finite(v[i]);
      key_tile[(4 * quad + i) * STRIDE + octet] = is_number ? k[i] : uvec4(0x7e007e00u);
      v[i] = is_number ? v[i] : uvec4(0);
    }
    for (uint w = 0; w < 4; w++) {
      uvec4 words = uvec4(v[0][w], v[1][w], v[2][w], v[3][w]);
      uint target = (8 * octet + 2 * w) * VALUE_STRIDE + quad;
      value_tile[target] = (words.xz & 0xffffu) | (words.yw << 16);
      value_tile[target + VALUE_STRIDE] = (words.xz >> 16) | (words.yw & 0xffff0000u);
    }
  }
}

// The next sequence that a query of the workgroup waits for: its first row in the workgroup, ~0 where there is none, and in
// `reach` what the owned query sees of it.
uint next_sequence(uint row, inout bool is_waiting, out Reach reach) {
  if (gl_LocalInvocationIndex == 0) {
    first_of_rows = ~0u;
    first_of_reach = ~0u;
    last_of_reach = 0;
  }
  barrier();
  if (is_waiting) atomicMin(first_of_rows, row);
  barrier();
  uint leader = first_of_rows;
  reach = NOWHERE;
  if (is_waiting && step_words[step.sequences + row] == step_words[step.sequences + leader]) {
    reach.last = step_words[step.positions + row];
    reach.first = first_seen(reach.last);
    atomicMin(first_of_reach, reach.first);
    atomicMax(last_of_reach, reach.last);
    is_waiting = false;
  }
  barrier();
  return leader;
}

void main() {
  uint share = params.heads / params.key_value_heads;
  uint count = step.token_count * share;
  // Later rows see more, so that they begin first.
  uint first_query = (gl_NumWorkGroups.y - 1 - gl_WorkGroupID.y) * SUBGROUPS * MATRIX_M;
  if (first_query >= count) return;
  uint query = first_query + gl_SubgroupID * MATRIX_M + gl_SubgroupInvocationID / OWNERS;
  bool is_waiting = query < count;
  query = min(query, count - 1);
  uint row = query / share;
  uint head = gl_WorkGroupID.x * share + query % share;
  uint first_quad = row * (row_stride(params.heads * QUADS * 4) / 4) + head * QUADS;
  bool is_stored = is_waiting;

  // As in linear_pack.comp: the largest value comes between 2^14 and 2^15. Queries wait in shared memory, since registers are few.
  vec4 highest = vec4(0);
  for (uint q = owner(); q < QUADS; q += OWNERS) highest = max(highest, abs(queries[first_quad + q]));
  float top = max_of_owners(max(max(highest.x, highest.y), max(highest.z, highest.w)));
  uint exponent = max(floatBitsToUint(top) >> 23, 27u);
  float scale = uintBitsToFloat((268 - exponent) << 23);
  float score_scale = params.scale * uintBitsToFloat((exponent - 14) << 23);
  uint own_queries = gl_SubgroupID * MATRIX_M * STRIDE;
  for (uint o = owner(); o < OCTETS; o += OWNERS) {
    uint quad = first_quad + 2 * o;
    query_tile[own_queries + gl_SubgroupInvocationID / OWNERS * STRIDE + o] =
        uvec4(half_quad(scale * queries[quad]), half_quad(scale * queries[quad + 1]));
  }

  SUMS sums[TILES];
  [[unroll]] for (uint t = 0; t < TILES; t++) sums[t] = SUMS(0.0);
  precise float largest = NO_SCORE;
  precise float total = 0;  // of the weights relative to it
  for (;;) {
    Reach reach;
    uint leader = next_sequence(row, is_waiting, reach);
    if (leader == ~0u) break;
    uint first = first_of_reach;
    uint last = last_of_reach;
    for (uint start = first / KEYS * KEYS; start <= last; start += KEYS) {
      uint page = step_page(leader, start);
      uint slot = (page * params.key_value_heads + gl_WorkGroupID.x) * PAGE_LENGTH + start % PAGE_LENGTH;
      stage_block(start, slot, first, last);
      barrier();
      for (uint t = 0; t < KEYS / MATRIX_N; t++) {
        SUMS scores = SUMS(0.0);
        for (uint octet = 0; octet < OCTETS; octet += MATRIX_K / 8) {
          INPUT_A q;
          INPUT_B k;
          coopMatLoad(q, query_tile, own_queries + octet, STRIDE, BY_ROWS);
          coopMatLoad(k, key_tile, t * MATRIX_N * STRIDE + octet, STRIDE, BY_COLUMNS);
          scores = coopMatMulAdd(q, k, scores);
        }
        coopMatStore(scores, strips, strip_start() + t * (MATRIX_N / 4), STRIP_STRIDE, BY_ROWS);
      }
      settle_strip();
      float kept = weigh_block(start, reach, score_scale, largest, total);
      settle_strip();
      // Few blocks bring a new maximum. Which lane holds which element is the device's secret: factors come as a matrix.
      if (subgroupMin(kept == 1 ? 1u : 0u) == 0) {
        SUMS factors;
        coopMatLoad(factors, strips, strip_start() + KEPT, STRIP_STRIDE, BY_ROWS);
        [[unroll]] for (uint t = 0; t < TILES; t++) sums[t] = sums[t] * factors;
      }
      for (uint s = 0; s < KEYS / MATRIX_K; s++) {
        INPUT_A weights;
        coopMatLoad(weights, strips, strip_start() + s * (MATRIX_K / 8), STRIP_STRIDE, BY_ROWS);
        [[unroll]] for (uint t = 0; t < TILES; t++) {
          INPUT_B v;
          coopMatLoad(v, value_tile, t * MATRIX_N * VALUE_STRIDE + s * (MATRIX_K / 4), VALUE_STRIDE, BY_COLUMNS);
          sums[t] = coopMatMulAdd(weights, v, sums[t]);
        }
      }
      barrier();
    }
  }

  [[unroll]] for (uint t = 0; t < TILES; t++) {
    coopMatStore(sums[t], strips, strip_start(), STRIP_STRIDE, BY_ROWS);
    settle_strip();
    for (uint q = owner(); is_stored && q < MATRIX_N / 4; q += OWNERS) {
      vec4 result = uintBitsToFloat(strips[owned_start() + q]) / total;
      // A block that is not seen may have made 0 of -0.
      attended[first_quad + t * (MATRIX_N / 4) + q] = mix(result, vec4(0), equal(result, vec4(0)));
    }
    settle_strip();
  }
}
