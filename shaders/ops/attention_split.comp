//! op: attention
//! elements: f16 f32
//! requires: subgroup_arithmetic subgroup_shuffle
// Causal attention of few rows: a workgroup takes GROUP heads of a row, which share keys and values, and every so many
// spans of positions, a block for each subgroup; attention_merge.comp adds the spans. A row's arithmetic is that of
// attention_flash.comp. The grid has workgroups enough for the device, not for the context: each takes spans until the row's
// own position, and those beyond have nothing to do.
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
layout(constant_id = 8) const uint LANES = 32;  // the subgroup's size
layout(push_constant) uniform Push { AttentionParams params; };
const uint ROWS = 1;
#include "attention_score.glsl"
#include "attention_span.glsl"
#include "attention_record.glsl"
layout(std430, set = 0, binding = 4) writeonly buffer Records { float records[]; };

void main() {
  uint row = gl_WorkGroupID.y;
  if (row >= step.token_count) return;
  uint groups = params.heads / GROUP;
  uint first_head = gl_WorkGroupID.x % groups * GROUP;
  uint cache_head = first_head / (params.heads / params.key_value_heads);
  row_starts[0] = row * (row_stride(params.heads * OCTETS * 8) / 4) + first_head * OCTETS * 2;
  see_nothing();
  see(0, step_words[step.positions + row]);
  uint first_span = tile_first / ATTENTION_SPAN;
  uint span = first_span + gl_WorkGroupID.x / groups;
  for (; span <= tile_last / ATTENTION_SPAN; span += gl_NumWorkGroups.x / groups) {
    attend_span(row, span, cache_head);
    for (uint t = 0; t < TILE; t++) {
      uint record = record_start(row, first_head + t, span - first_span);
      for (uint o = 0; o < OWNED; o++) {
        stage_octets(t, o);
        if (o == 0 && gl_LocalInvocationIndex == 0) {
          records[record + OCTETS * 8] = span_maximum(t);
          records[record + OCTETS * 8 + 1] = span_total(t);
        }
        for (uint i = gl_LocalInvocationIndex; i < owned_octets(o) * 8; i += ATTENTION_SPAN) {
          records[record + o * LANES * 8 + i] = span_sum(i);
        }
        barrier();
      }
    }
  }
}
