//! op: attention
//! elements: f16 f32
//! requires: subgroup_arithmetic subgroup_shuffle
// Causal attention of many rows: a workgroup takes ROWS rows of GROUP heads, which share keys and values, and goes through the
// spans of positions with a running softmax. A row's arithmetic is that of attention_split.comp and attention_merge.comp: both
// give the same bits. Rows of several sequences in one tile are taken sequence by sequence.
#version 460
#extension GL_EXT_control_flow_attributes : require
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
layout(constant_id = 5) const uint ROWS = 1;    // rows per workgroup
layout(constant_id = 8) const uint LANES = 32;  // the subgroup's size
layout(push_constant) uniform Push { AttentionParams params; };
#include "attention_score.glsl"
#include "attention_span.glsl"
layout(std430, set = 0, binding = 4) writeonly buffer Attended { float attended[]; };

const uint DIMENSIONS = OCTETS * 8;
// Over all spans so far: weighted values, each its invocation's own, maxima and totals of weights.
shared float running[TILE * DIMENSIONS];
float running_maxima[TILE];
float running_totals[TILE];

// Adds the span to what was before.
void merge_span() {
  for (uint t = 0; t < TILE; t++) {
    float span_largest = span_maximum(t);
    float raised = max(running_maxima[t], span_largest);
    float kept = rescaling(running_maxima[t], raised);
    float added = rescaling(span_largest, raised);
    for (uint o = 0; o < OWNED; o++) {
      stage_octets(t, o);
      for (uint i = gl_LocalInvocationIndex; i < owned_octets(o) * 8; i += ATTENTION_SPAN) {
        uint place = t * DIMENSIONS + o * LANES * 8 + i;
        precise float sum = fma(span_sum(i), added, running[place] * kept);
        running[place] = sum;
      }
      if (o == 0) {
        precise float total = fma(span_total(t), added, running_totals[t] * kept);
        running_totals[t] = total;
        running_maxima[t] = raised;
      }
      barrier();
    }
  }
}

// Whether a row of the tile before this one belongs to the same sequence.
bool is_taken_before(uint first_row, uint row) {
  bool is_taken = false;
  for (uint r = first_row; r < row; r++) {
    is_taken = is_taken || step_words[step.sequences + r] == step_words[step.sequences + row];
  }
  return is_taken;
}

void main() {
  uint first_row = gl_WorkGroupID.y * ROWS;
  if (first_row >= step.token_count) return;
  uint end_row = min(first_row + ROWS, step.token_count);
  uint first_head = gl_WorkGroupID.x * GROUP;
  uint cache_head = first_head / (params.heads / params.key_value_heads);
  uint stride = row_stride(params.heads * DIMENSIONS);
  for (uint r = 0; r < ROWS; r++) {
    row_starts[r] = min(first_row + r, end_row - 1) * (stride / 4) + first_head * OCTETS * 2;
  }
  for (uint t = 0; t < TILE; t++) {
    running_maxima[t] = UNSEEN;
    running_totals[t] = 0;
    for (uint i = gl_LocalInvocationIndex; i < DIMENSIONS; i += ATTENTION_SPAN) running[t * DIMENSIONS + i] = 0;
  }
  for (uint row = first_row; row < end_row; row++) {
    if (is_taken_before(first_row, row)) continue;
    see_nothing();
    for (uint r = 0; r < ROWS; r++) {
      uint other = min(first_row + r, end_row - 1);
      bool is_same = step_words[step.sequences + other] == step_words[step.sequences + row];
      if (first_row + r < end_row && is_same) see(r, step_words[step.positions + other]);
    }
    for (uint span = tile_first / ATTENTION_SPAN; span <= tile_last / ATTENTION_SPAN; span++) {
      attend_span(row, span, cache_head);
      merge_span();
    }
  }
  for (uint t = 0; t < TILE; t++) {
    uint row = first_row + t / GROUP;
    uint start = row * stride + (first_head + t % GROUP) * DIMENSIONS;
    for (uint i = gl_LocalInvocationIndex; row < end_row && i < DIMENSIONS; i += ATTENTION_SPAN) {
      attended[start + i] = running[t * DIMENSIONS + i] / running_totals[t];
    }
  }
}
