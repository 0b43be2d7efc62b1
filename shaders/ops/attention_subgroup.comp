//! op: attention
//! elements: f16 f32 q8_0
//! requires: subgroup_arithmetic subgroup_shuffle
// Causal attention of one row and head per workgroup of one subgroup, with a running softmax. Positions are taken in
// blocks of the subgroup's size: for the scores a lane is a position, for the weighted sum of values a lane owns every
// subgroup-th pair of dimensions. Blocks start at position 0, so the bits of a row do not depend on its company.
#version 460
#extension GL_GOOGLE_include_directive : require
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_arithmetic : require
#extension GL_KHR_shader_subgroup_shuffle : require
#include "attention.h"
#include "step.glsl"

layout(local_size_x_id = 0) in;
layout(constant_id = 2) const uint HEAD_PAIRS = 32;
layout(constant_id = 3) const uint OWNED_PAIRS = 4;  // pairs per lane: HEAD_PAIRS / subgroup size, rounded up
layout(push_constant) uniform Push { AttentionParams params; };
#include "attention_scores.glsl"
layout(std430, set = 0, binding = 1) readonly buffer Queries { vec2 queries[]; };
#define CACHE_BINDING 2
#include "cache_read.glsl"
layout(std430, set = 0, binding = 4) writeonly buffer Attended { vec2 attended[]; };

void main() {
  uint row = gl_WorkGroupID.y;
  uint head = gl_WorkGroupID.x;
  if (row >= step.token_count) return;
  uint lane = gl_SubgroupInvocationID;
  uint last = step_words[step.positions + row];
  uint first = first_seen(last);
  uint query = row * (row_stride(params.heads * HEAD_PAIRS * 2) / 2) + head * HEAD_PAIRS;
  uint cache_head = head / (params.heads / params.key_value_heads);

  vec2 sums[OWNED_PAIRS];
  for (uint o = 0; o < OWNED_PAIRS; o++) sums[o] = vec2(0);
  float largest = -3.4e38;
  float total = 0;
  for (uint base = first - first % gl_WorkGroupSize.x; base <= last; base += gl_WorkGroupSize.x) {
    uint slot = (step_page(row, base) * params.key_value_heads + cache_head) * PAGE_LENGTH + base % PAGE_LENGTH;
    float score = 0;
    for (uint i = 0; i < HEAD_PAIRS; i++) {
      vec2 q = queries[query + i];
      vec2 k = cache_key((slot + lane) * HEAD_PAIRS + i);
      score = fma(q.y, k.y, fma(q.x, k.x, score));
    }
    // Slots that the row does not see hold anything, NaN included: they are replaced, not multiplied away.
    bool is_seen = base + lane >= first && base + lane <= last;
    score = is_seen ? capped(score * params.scale) : -3.4e38;
    float raised = max(largest, subgroupMax(score));
    float correction = exp(largest - raised);
    float weight = is_seen ? exp(score - raised) : 0;
    largest = raised;
    total = total * correction + subgroupAdd(weight);
    for (uint o = 0; o < OWNED_PAIRS; o++) sums[o] *= correction;
    uint count = min(gl_WorkGroupSize.x, last - base + 1);
    for (uint j = max(first, base) - base; j < count; j++) {
      float share = subgroupShuffle(weight, j);
      for (uint o = 0; o < OWNED_PAIRS; o++) {
        uint pair = min(o * gl_WorkGroupSize.x + lane, HEAD_PAIRS - 1);
        sums[o] += share * cache_value((slot + j) * HEAD_PAIRS + pair);
      }
    }
  }
  for (uint o = 0; o < OWNED_PAIRS; o++) {
    uint pair = o * gl_WorkGroupSize.x + lane;
    if (pair < HEAD_PAIRS) attended[query + pair] = sums[o] / total;
  }
}
