//! op: attention
//! elements: f16 f32 q8_0
//! requires: subgroup_arithmetic subgroup_ballot
// Causal attention of many rows for CPU drivers with subgroups of 8; no barrier, no shared memory. A lane is a row, a workgroup
// of one subgroup takes 8 rows of one head. The lanes gather a key or a value, each an octet of dimensions, and broadcast it
// number by number.
// A row's arithmetic is that of attention_positions.comp, in its order: both give the same bits. Rows of several sequences
// in one workgroup are taken sequence by sequence.
#version 460
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_arithmetic : require
#extension GL_KHR_shader_subgroup_ballot : require
#extension GL_KHR_shader_subgroup_vote : require
#include "attention.h"
#include "step.glsl"

layout(local_size_x_id = 0) in;
layout(constant_id = 2) const uint OCTETS = 8;  // dimensions of a head / 8
layout(constant_id = 3) const uint OWNED = 1;   // octets per lane: OCTETS / 8, rounded up
layout(push_constant) uniform Push { AttentionParams params; };
#include "attention_scores.glsl"
layout(std430, set = 0, binding = 1) readonly buffer Queries { vec4 queries[]; };
#define CACHE_BINDING 2
#include "cache_octets.glsl"
layout(std430, set = 0, binding = 4) writeonly buffer Attended { vec4 attended[]; };

const uint BLOCK = 8;
const uint QUADS = OCTETS * 2;

vec4 q[QUADS];
vec4 sums[QUADS];

vec4 spread(vec4 mine, uint lane) {
  return vec4(
      subgroupBroadcast(mine.x, lane), subgroupBroadcast(mine.y, lane), subgroupBroadcast(mine.z, lane),
      subgroupBroadcast(mine.w, lane));
}

float score_at(uint start) {
  Octet mine[OWNED];
  for (uint o = 0; o < OWNED; o++) {
    mine[o] = cache_key_octet(start + min(o * BLOCK + gl_SubgroupInvocationID, OCTETS - 1));
  }
  precise vec4 part = vec4(0);
  for (uint octet = 0; octet < OCTETS; octet++) {
    part = fma(q[2 * octet], spread(mine[octet / BLOCK].low, octet % BLOCK), part);
    part = fma(q[2 * octet + 1], spread(mine[octet / BLOCK].high, octet % BLOCK), part);
  }
  precise float score = ((part.x + part.y) + (part.z + part.w)) * params.scale;
  return capped(score);
}

void add_value(uint start, float weight, bool is_seen) {
  Octet mine[OWNED];
  for (uint o = 0; o < OWNED; o++) {
    mine[o] = cache_value_octet(start + min(o * BLOCK + gl_SubgroupInvocationID, OCTETS - 1));
  }
  for (uint octet = 0; octet < OCTETS; octet++) {
    precise vec4 low = fma(vec4(weight), spread(mine[octet / BLOCK].low, octet % BLOCK), sums[2 * octet]);
    precise vec4 high = fma(vec4(weight), spread(mine[octet / BLOCK].high, octet % BLOCK), sums[2 * octet + 1]);
    // A value that the row does not see may be no number.
    sums[2 * octet] = is_seen ? low : sums[2 * octet];
    sums[2 * octet + 1] = is_seen ? high : sums[2 * octet + 1];
  }
}

void main() {
  uint head = gl_WorkGroupID.x;
  uint first_row = gl_WorkGroupID.y * BLOCK;
  if (first_row >= step.token_count) return;
  uint row = min(first_row + gl_SubgroupInvocationID, step.token_count - 1);
  uint cache_head = head / (params.heads / params.key_value_heads);
  uint position = step_words[step.positions + row];
  uint first = first_seen(position);
  uint sequence = step_words[step.sequences + row];
  uint row_start = row * (row_stride(params.heads * OCTETS * 8) / 4) + head * QUADS;
  for (uint i = 0; i < QUADS; i++) {
    q[i] = queries[row_start + i];
    sums[i] = vec4(0);
  }
  precise float total = 0;
  float largest = -3.4e38;

  bool is_done = false;
  while (subgroupAny(!is_done)) {
    // The sequence of the first row that is left, and those rows that belong to it.
    uint leader = subgroupBallotFindLSB(subgroupBallot(!is_done));
    bool is_mine = sequence == subgroupBroadcast(sequence, leader);
    uint last = subgroupMax(is_mine ? position : 0u);
    uint page_row = first_row + leader;
    uint begin = subgroupMin(is_mine ? first : last);
    for (uint base = begin / BLOCK * BLOCK; base <= last; base += BLOCK) {
      uint slot = (step_page(page_row, base) * params.key_value_heads + cache_head) * PAGE_LENGTH + base % PAGE_LENGTH;
      float scores[BLOCK];
      float highest = largest;
      [[dont_unroll]] for (uint j = 0; j < BLOCK; j++) {
        float score = score_at((slot + j) * OCTETS);
        scores[j] = is_mine && base + j >= first && base + j <= position ? score : -3.4e38;
        highest = max(highest, scores[j]);
      }
      if (subgroupAny(highest > largest)) {
        float correction = exp(largest - highest);
        total *= correction;
        for (uint i = 0; i < QUADS; i++) sums[i] *= correction;
        largest = highest;
      }
      [[dont_unroll]] for (uint j = max(begin, base) - base; j < BLOCK; j++) {
        if (base + j > last) break;
        bool is_seen = is_mine && base + j >= first && base + j <= position;
        float weight = is_seen ? exp(scores[j] - largest) : 0;
        total += weight;
        add_value((slot + j) * OCTETS, weight, is_seen);
      }
    }
    is_done = is_done || is_mine;
  }
  if (first_row + gl_SubgroupInvocationID >= step.token_count) return;
  for (uint i = 0; i < QUADS; i++) attended[row_start + i] = sums[i] / total;
}
