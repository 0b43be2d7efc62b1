//! op: attention
//! elements: f16 f32
//! requires: subgroup_arithmetic subgroup_shuffle
// Causal attention of many rows: a subgroup takes ROWS rows of GROUP heads, which share keys and values, and goes through the
// spans of positions with a running softmax, for itself: the subgroups of a workgroup only share what they load. A row's
// arithmetic is that of attention_split.comp and attention_merge.comp: both give the same bits. Rows of several sequences in
// one tile are taken sequence by sequence.
#version 460
#extension GL_GOOGLE_include_directive : require
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_arithmetic : require
#extension GL_KHR_shader_subgroup_shuffle : require
#include "attention.h"
#include "step.glsl"

layout(local_size_x_id = 0) in;
layout(constant_id = 2) const uint OCTETS = 8;     // dimensions of a head / 8
layout(constant_id = 3) const uint OWNED = 1;      // octets per lane: OCTETS / LANES, rounded up
layout(constant_id = 4) const uint GROUP = 4;      // heads per subgroup, a divisor of those that share keys and values
layout(constant_id = 5) const uint ROWS = 2;       // rows per subgroup
layout(constant_id = 8) const uint LANES = 32;     // the subgroup's size
layout(constant_id = 9) const uint SUBGROUPS = 4;  // per workgroup
layout(push_constant) uniform Push { AttentionParams params; };
shared float weights[SUBGROUPS * ATTENTION_SPAN * GROUP * ROWS];
#include "attention_score.glsl"
#include "attention_block.glsl"
layout(std430, set = 0, binding = 4) writeonly buffer Attended { float attended[]; };

const uint DIMENSIONS = OCTETS * 8;
const uint BLOCKS = ATTENTION_SPAN / LANES;
shared float running[SUBGROUPS * TILE * DIMENSIONS];
shared float octets[SUBGROUPS * LANES * 8];

// Over all spans so far, and over the current one.
float largest[TILE];
float totals[TILE];
float span_largest[TILE];
float span_totals[TILE];
vec4 span_sums[TILE * OWNED * 2];

// The positions that some row of the tile sees.
uint tile_first;
uint tile_last;

bool has_seen(uint base) { return base <= tile_last && base + LANES > tile_first; }

uint weights_start(uint b) { return (gl_SubgroupID * BLOCKS + b) * LANES * TILE; }

// Scores of the span to `weights`, maxima to span_largest.
void score_span(uint row, uint span, uint cache_head) {
  uint place = lane_position();
  for (uint t = 0; t < TILE; t++) span_largest[t] = UNSEEN;
  for (uint b = 0; b < BLOCKS; b++) {
    uint base = span * ATTENTION_SPAN + b * LANES;
    if (!has_seen(base)) continue;
    block_scores(block_slot(row, base, cache_head));
    for (uint t = 0; t < TILE; t++) {
      float score = is_seen(t / GROUP, base + place) ? finished_score(scores[t]) : UNSEEN;
      span_largest[t] = max(span_largest[t], score);
      weights[weights_start(b) + place * TILE + t] = score;
    }
  }
  for (uint t = 0; t < TILE; t++) span_largest[t] = subgroupMax(span_largest[t]);
}

// Scores to weights, and their values to span_sums.
void add_span(uint row, uint span, uint cache_head) {
  uint place = lane_position();
  for (uint t = 0; t < TILE; t++) span_totals[t] = 0;
  for (uint i = 0; i < TILE * OWNED * 2; i++) span_sums[i] = vec4(0);
  for (uint b = 0; b < BLOCKS; b++) {
    uint base = span * ATTENTION_SPAN + b * LANES;
    if (!has_seen(base)) continue;
    bool is_whole = true;
    for (uint r = 0; r < ROWS; r++) is_whole = is_whole && firsts[r] <= base && base + LANES - 1 <= lasts[r];
    for (uint t = 0; t < TILE; t++) {
      uint own = weights_start(b) + place * TILE + t;
      float weight = is_seen(t / GROUP, base + place) ? rescaling(weights[own], span_largest[t]) : 0;
      weights[own] = weight;
      precise float total = span_totals[t] + lanes_sum(weight);
      span_totals[t] = total;
    }
    subgroupBarrier();
    for (uint i = 0; i < TILE * OWNED * 2; i++) sums[i] = vec4(0);
    uint slot = block_slot(row, base, cache_head);
    if (is_whole) {
      add_values(slot, base, weights_start(b), true);
    } else {
      add_values(slot, base, weights_start(b), false);
    }
    for (uint i = 0; i < TILE * OWNED * 2; i++) {
      precise vec4 sum = span_sums[i] + sums[i];
      span_sums[i] = sum;
    }
  }
}

// Adds the span to what was before.
void merge_span() {
  uint lane = gl_SubgroupInvocationID;
  for (uint t = 0; t < TILE; t++) {
    float raised = max(largest[t], span_largest[t]);
    float kept = rescaling(largest[t], raised);
    float added = rescaling(span_largest[t], raised);
    largest[t] = raised;
    precise float total = fma(span_totals[t], added, totals[t] * kept);
    totals[t] = total;
    for (uint o = 0; o < OWNED; o++) {
      subgroupBarrier();
      uint own = (gl_SubgroupID * LANES + lane) * 8;
      for (uint i = 0; i < 8; i++) octets[own + i] = span_sums[(t * OWNED + o) * 2 + i / 4][i % 4];
      subgroupBarrier();
      for (uint i = lane; i < owned_octets(o) * 8; i += LANES) {
        precise float all = 0;
        for (uint c = 0; c < CLASSES; c++) all += octets[(gl_SubgroupID * LANES + c * OCTETS) * 8 + i];
        uint place = (gl_SubgroupID * TILE + t) * DIMENSIONS + o * LANES * 8 + i;
        precise float sum = fma(all, added, running[place] * kept);
        running[place] = sum;
      }
    }
  }
}

// Makes the rows of `sequence` the ones that see something.
void choose_rows(uint first_row, uint end_row, uint sequence) {
  tile_first = ~0u;
  tile_last = 0;
  for (uint r = 0; r < ROWS; r++) {
    uint row = min(first_row + r, end_row - 1);
    bool is_chosen = first_row + r < end_row && step_words[step.sequences + row] == sequence;
    uint position = step_words[step.positions + row];
    firsts[r] = is_chosen ? first_seen(position) : ~0u;
    lasts[r] = is_chosen ? position : 0;
    tile_first = min(tile_first, firsts[r]);
    tile_last = max(tile_last, lasts[r]);
  }
}

bool is_taken_before(uint first_row, uint row) {
  for (uint r = first_row; r < row; r++) {
    if (step_words[step.sequences + r] == step_words[step.sequences + row]) return true;
  }
  return false;
}

void main() {
  uint first_row = (gl_WorkGroupID.y * SUBGROUPS + gl_SubgroupID) * ROWS;
  if (first_row >= step.token_count) return;
  uint end_row = min(first_row + ROWS, step.token_count);
  uint first_head = gl_WorkGroupID.x * GROUP;
  uint cache_head = first_head / (params.heads / params.key_value_heads);
  uint stride = row_stride(params.heads * DIMENSIONS);
  for (uint r = 0; r < ROWS; r++) {
    row_starts[r] = min(first_row + r, end_row - 1) * (stride / 4) + first_head * OCTETS * 2;
  }
  for (uint t = 0; t < TILE; t++) {
    largest[t] = UNSEEN;
    totals[t] = 0;
  }
  uint own = gl_SubgroupID * TILE * DIMENSIONS;
  for (uint i = gl_SubgroupInvocationID; i < TILE * DIMENSIONS; i += LANES) running[own + i] = 0;
  for (uint row = first_row; row < end_row; row++) {
    if (is_taken_before(first_row, row)) continue;
    choose_rows(first_row, end_row, step_words[step.sequences + row]);
    for (uint span = tile_first / ATTENTION_SPAN; span <= tile_last / ATTENTION_SPAN; span++) {
      score_span(row, span, cache_head);
      add_span(row, span, cache_head);
      merge_span();
    }
  }
  for (uint t = 0; t < TILE; t++) {
    uint row = first_row + t / GROUP;
    if (row >= end_row) break;
    uint start = row * stride + (first_head + t % GROUP) * DIMENSIONS;
    for (uint i = gl_SubgroupInvocationID; i < DIMENSIONS; i += LANES) {
      attended[start + i] = running[own + t * DIMENSIONS + i] / totals[t];
    }
  }
}
