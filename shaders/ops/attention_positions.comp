//! op: attention
//! elements: f16 f32 q8_0
//! requires: subgroup_arithmetic subgroup_ballot int64
// Causal attention of one row for CPU drivers with subgroups of 8; no barrier, no shared memory. A workgroup of one subgroup
// takes GROUP heads that share their keys and values. Positions come in blocks of 8: for the scores a lane is a position, for
// the weighted sum of values a lane owns OWNED octets of dimensions.
// Order of arithmetic, the same in attention_tokens.comp, so that both give the same bits: a score adds four partial sums
// over dimensions 4i, 4i+1, 4i+2, 4i+3; the maximum rises once per block; weights and values are added position by position.
#version 460
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_arithmetic : require
#extension GL_KHR_shader_subgroup_ballot : require
#define WIDE_LOADS
#include "attention.h"
#include "step.glsl"

layout(local_size_x_id = 0) in;
layout(constant_id = 2) const uint OCTETS = 8;  // dimensions of a head / 8
layout(constant_id = 3) const uint OWNED = 1;   // octets per lane: OCTETS / 8, rounded up
layout(constant_id = 4) const uint GROUP = 4;   // heads per workgroup, a divisor of those that share keys and values
layout(push_constant) uniform Push { AttentionParams params; };
#include "attention_scores.glsl"
layout(std430, set = 0, binding = 1) readonly buffer Queries { vec4 queries[]; };
#define CACHE_BINDING 2
#include "cache_octets.glsl"
layout(std430, set = 0, binding = 4) writeonly buffer Attended { vec4 attended[]; };

const uint BLOCK = 8;

void main() {
  uint row = gl_WorkGroupID.y;
  if (row >= step.token_count) return;
  uint lane = gl_SubgroupInvocationID;
  uint first_head = gl_WorkGroupID.x * GROUP;
  uint cache_head = first_head / (params.heads / params.key_value_heads);
  uint last = step_words[step.positions + row];
  uint first = first_seen(last);
  uint row_start = row * (row_stride(params.heads * OCTETS * 8) / 4) + first_head * OCTETS * 2;

  vec4 q[GROUP * OCTETS * 2];
  for (uint i = 0; i < GROUP * OCTETS * 2; i++) q[i] = queries[row_start + i];
  precise vec4 sums[GROUP * OWNED * 2];
  for (uint i = 0; i < GROUP * OWNED * 2; i++) sums[i] = vec4(0);
  precise float totals[GROUP];
  float largest[GROUP];
  for (uint g = 0; g < GROUP; g++) {
    totals[g] = 0;
    largest[g] = -3.4e38;
  }

  for (uint base = first / BLOCK * BLOCK; base <= last; base += BLOCK) {
    uint slot = (step_page(row, base) * params.key_value_heads + cache_head) * PAGE_LENGTH + base % PAGE_LENGTH;
    precise vec4 parts[GROUP];
    for (uint g = 0; g < GROUP; g++) parts[g] = vec4(0);
    for (uint o = 0; o < OCTETS; o++) {
      Octet k = cache_key_octet((slot + lane) * OCTETS + o);
      for (uint g = 0; g < GROUP; g++) {
        uint quad = (g * OCTETS + o) * 2;
        parts[g] = fma(q[quad + 1], k.high, fma(q[quad], k.low, parts[g]));
      }
    }
    bool is_seen = base + lane >= first && base + lane <= last;
    float weights[GROUP];
    for (uint g = 0; g < GROUP; g++) {
      precise float score = ((parts[g].x + parts[g].y) + (parts[g].z + parts[g].w)) * params.scale;
      // Slots that the row does not see hold anything, NaN included: they are replaced, not multiplied away.
      score = is_seen ? capped(score) : -3.4e38;
      float raised = max(largest[g], subgroupMax(score));
      if (raised > largest[g]) {
        float correction = exp(largest[g] - raised);
        totals[g] *= correction;
        for (uint i = 0; i < OWNED * 2; i++) sums[g * OWNED * 2 + i] *= correction;
        largest[g] = raised;
      }
      weights[g] = is_seen ? exp(score - raised) : 0;
    }
    [[dont_unroll]] for (uint j = max(first, base) - base; j < BLOCK; j++) {
      if (base + j > last) break;
      Octet v[OWNED];
      for (uint o = 0; o < OWNED; o++) v[o] = cache_value_octet((slot + j) * OCTETS + min(o * BLOCK + lane, OCTETS - 1));
      for (uint g = 0; g < GROUP; g++) {
        float weight = subgroupBroadcast(weights[g], j);
        totals[g] += weight;
        for (uint o = 0; o < OWNED; o++) {
          uint i = (g * OWNED + o) * 2;
          sums[i] = fma(vec4(weight), v[o].low, sums[i]);
          sums[i + 1] = fma(vec4(weight), v[o].high, sums[i + 1]);
        }
      }
    }
  }
  for (uint g = 0; g < GROUP; g++) {
    for (uint o = 0; o < OWNED; o++) {
      uint octet = o * BLOCK + lane;
      if (octet >= OCTETS) continue;
      uint target = row_start + (g * OCTETS + octet) * 2;
      attended[target] = sums[(g * OWNED + o) * 2] / totals[g];
      attended[target + 1] = sums[(g * OWNED + o) * 2 + 1] / totals[g];
    }
  }
}
