//! op: attention
//! elements: f16 f32 q8_0
//! requires: subgroup_arithmetic subgroup_ballot
// Causal attention of many rows for GPUs, with a running softmax. A workgroup takes GROUP heads of ROWS rows, which share
// keys and values, and walks their spans of positions; those of several sequences it takes sequence by sequence.
// Spans begin at multiples of their length and all is added in the order of positions: a row's bits depend on nothing else,
// and are those of attention_split.comp and attention_merge.comp.
#version 460
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_arithmetic : require
#extension GL_KHR_shader_subgroup_ballot : require
#include "attention.h"
#include "step.glsl"

layout(local_size_x_id = 0) in;                 // ATTENTION_SPAN
layout(constant_id = 2) const uint OCTETS = 8;  // dimensions of a head / 8
layout(constant_id = 3) const uint LANES = 32;  // of a subgroup
layout(constant_id = 4) const uint GROUP = 4;   // heads of a workgroup, a divisor of those that share keys and values
layout(constant_id = 5) const uint ROWS = 2;
layout(push_constant) uniform Push { AttentionParams params; };
const uint QUADS = OCTETS * 2;
#include "attention_partial.glsl"
layout(std430, set = 0, binding = 1) readonly buffer Queries { vec4 queries[]; };
#define CACHE_BINDING 2
#include "cache_octets.glsl"
layout(std430, set = 0, binding = 4) writeonly buffer Attended { vec4 attended[]; };
#include "attention_block.glsl"

const uint RESULTS = (VECTORS * QUADS + ATTENTION_SPAN - 1) / ATTENTION_SPAN;  // quads of an invocation

// What a row sees of `sequence`.
Reach reach_in(uint sequence, uint row) {
  row = min(row, step.token_count);
  if (row == step.token_count || step_words[step.sequences + row] != sequence) return NOWHERE;
  return row_reach(row);
}

void main() {
  // Later rows see more, so that they begin first.
  uint first_row = (gl_NumWorkGroups.y - 1 - gl_WorkGroupID.y) * ROWS;
  if (first_row >= step.token_count) return;
  uint first_head = gl_WorkGroupID.x * GROUP;
  Partial all[RESULTS];
  for (uint r = 0; r < RESULTS; r++) all[r] = NOTHING;

  uint end = min(first_row + ROWS, step.token_count);
  [[dont_unroll]] for (uint leader = first_row; leader < end; leader++) {
    uint sequence = step_words[step.sequences + leader];
    Reach reaches[ROWS];
    Reach some = Reach(~0u, 0);
    Reach whole = Reach(0, ~0u);
    bool is_taken = false;
    for (uint r = 0; r < ROWS; r++) {
      Reach reach = reach_in(sequence, first_row + r);
      reaches[r] = reach;
      if (reach.last < reach.first) continue;
      is_taken = is_taken || first_row + r < leader;
      some = Reach(min(some.first, reach.first), max(some.last, reach.last));
      whole = Reach(max(whole.first, reach.first), min(whole.last, reach.last));
    }
    if (is_taken) continue;
    for (uint start = some.first / ATTENTION_SPAN * ATTENTION_SPAN; start <= some.last; start += ATTENTION_SPAN) {
      attend_block(start, leader, first_row, first_head, reaches, some, whole);
      barrier();
      for (uint r = 0; r < RESULTS; r++) {
        uint i = r * ATTENTION_SPAN + gl_LocalInvocationIndex;
        if (i >= VECTORS * QUADS) break;
        Reach reach = reach_in(sequence, first_row + i / (GROUP * QUADS));
        if (start > reach.last || start + ATTENTION_SPAN <= reach.first) continue;
        all[r] = merged(all[r], span_partial(start, i, reach));
      }
      barrier();
    }
  }
  for (uint r = 0; r < RESULTS; r++) {
    uint i = r * ATTENTION_SPAN + gl_LocalInvocationIndex;
    uint row = first_row + i / (GROUP * QUADS);
    if (i >= VECTORS * QUADS || row >= end) break;
    uint target = row * (row_stride(params.heads * QUADS * 4) / 4) + first_head * QUADS + i % (GROUP * QUADS);
    attended[target] = all[r].sum / all[r].total;
  }
}
