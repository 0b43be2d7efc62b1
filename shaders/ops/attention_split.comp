//! op: attention
//! elements: f16 f32
//! requires: subgroup_arithmetic subgroup_shuffle
// Causal attention of few rows: a workgroup takes GROUP heads of a row, which share keys and values, and every so many
// spans of positions, a block for each subgroup; attention_merge.comp adds the spans. A row's arithmetic is that of
// attention_flash.comp. The grid has workgroups enough for the device, not for the context: each takes spans until the row's
// own position, and those beyond have nothing to do.
#version 460
#extension GL_GOOGLE_include_directive : require
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_arithmetic : require
#extension GL_KHR_shader_subgroup_shuffle : require
#include "attention.h"
#include "step.glsl"

layout(local_size_x_id = 0) in;
layout(constant_id = 2) const uint OCTETS = 8;  // dimensions of a head / 8
layout(constant_id = 3) const uint OWNED = 1;   // octets per lane: OCTETS / LANES, rounded up
layout(constant_id = 4) const uint GROUP = 4;   // heads per workgroup, a divisor of those that share keys and values
layout(constant_id = 8) const uint LANES = 32;  // the subgroup's size
layout(push_constant) uniform Push { AttentionParams params; };
const uint ROWS = 1;
shared float weights[ATTENTION_SPAN * GROUP];
#include "attention_score.glsl"
#include "attention_block.glsl"
#include "attention_record.glsl"
layout(std430, set = 0, binding = 4) writeonly buffer Records { float records[]; };

const uint BLOCKS = ATTENTION_SPAN / LANES;
shared float maxima[BLOCKS * GROUP];
shared float totals[BLOCKS * GROUP];
shared float octets[ATTENTION_SPAN * 8];

float span_maximum(uint t) {
  float largest = maxima[t];
  for (uint b = 1; b < BLOCKS; b++) largest = max(largest, maxima[b * TILE + t]);
  return largest;
}

// Turns the scores of all blocks into weights, and adds those of each.
void weigh(uint base) {
  uint lane = gl_SubgroupInvocationID;
  for (uint t = 0; t < TILE; t++) {
    float largest = subgroupMax(scores[t]);
    if (lane == 0) maxima[gl_SubgroupID * TILE + t] = largest;
  }
  barrier();
  uint place = lane_position();
  for (uint t = 0; t < TILE; t++) {
    float weight = is_seen(0, base + place) ? rescaling(scores[t], span_maximum(t)) : 0;
    weights[(gl_SubgroupID * LANES + place) * TILE + t] = weight;
    float total = lanes_sum(weight);
    if (lane == 0) totals[gl_SubgroupID * TILE + t] = total;
  }
  subgroupBarrier();
}

// Adds the o-th octets of every lane for one query, blocks first, and writes them to the record.
void write_octets(uint t, uint o, uint record) {
  uint own = (gl_SubgroupID * LANES + gl_SubgroupInvocationID) * 8;
  for (uint i = 0; i < 8; i++) octets[own + i] = sums[(t * OWNED + o) * 2 + i / 4][i % 4];
  barrier();
  for (uint i = gl_LocalInvocationIndex; i < owned_octets(o) * 8; i += ATTENTION_SPAN) {
    precise float all = 0;
    for (uint c = 0; c < CLASSES; c++) {
      precise float own_class = 0;
      for (uint b = 0; b < BLOCKS; b++) own_class += octets[(b * LANES + c * OCTETS) * 8 + i];
      all += own_class;
    }
    records[record + o * LANES * 8 + i] = all;
  }
  if (o == 0 && gl_LocalInvocationIndex == 0) {
    precise float total = 0;
    for (uint b = 0; b < BLOCKS; b++) total += totals[b * TILE + t];
    records[record + OCTETS * 8] = span_maximum(t);
    records[record + OCTETS * 8 + 1] = total;
  }
  barrier();
}

void main() {
  uint row = gl_WorkGroupID.y;
  if (row >= step.token_count) return;
  uint groups = params.heads / GROUP;
  uint first_head = gl_WorkGroupID.x % groups * GROUP;
  uint cache_head = first_head / (params.heads / params.key_value_heads);
  uint position = step_words[step.positions + row];
  row_starts[0] = row * (row_stride(params.heads * OCTETS * 8) / 4) + first_head * OCTETS * 2;
  firsts[0] = first_seen(position);
  lasts[0] = position;
  uint first_span = firsts[0] / ATTENTION_SPAN;
  uint span = first_span + gl_WorkGroupID.x / groups;
  for (; span <= position / ATTENTION_SPAN; span += gl_NumWorkGroups.x / groups) {
    uint base = span * ATTENTION_SPAN + gl_SubgroupID * LANES;
    bool has_seen = base <= position && base + LANES > firsts[0];
    uint slot = has_seen ? block_slot(row, base, cache_head) : 0;
    for (uint t = 0; t < TILE; t++) scores[t] = 0;
    if (has_seen) block_scores(slot);
    for (uint t = 0; t < TILE; t++) {
      scores[t] = is_seen(0, base + lane_position()) ? finished_score(scores[t]) : UNSEEN;
    }
    weigh(base);
    for (uint i = 0; i < TILE * OWNED * 2; i++) sums[i] = vec4(0);
    if (has_seen) add_values(slot, base, gl_SubgroupID * LANES * TILE, false);
    for (uint t = 0; t < TILE; t++) {
      uint record = record_start(row, first_head + t, span - first_span);
      for (uint o = 0; o < OWNED; o++) write_octets(t, o, record);
    }
  }
}
