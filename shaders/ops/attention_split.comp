//! op: attention
//! elements: f16 f32 q8_0
//! requires: subgroup_arithmetic subgroup_ballot
// Causal attention of few rows for GPUs. A workgroup takes GROUP heads of a row, which share keys and values, and spans of
// positions; what it finds in each it leaves to attention_merge.comp.
// Spans begin at multiples of their length and all is added in the order of positions: a row's bits depend on nothing else,
// and are those of attention_tiles.comp.
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
layout(push_constant) uniform Push { AttentionParams params; };
const uint ROWS = 1;
const uint QUADS = OCTETS * 2;
#include "attention_partial.glsl"
layout(std430, set = 0, binding = 1) readonly buffer Queries { vec4 queries[]; };
#define CACHE_BINDING 2
#include "cache_octets.glsl"
layout(std430, set = 0, binding = 4) writeonly buffer Records { vec4 records[]; };
#include "attention_block.glsl"

void main() {
  uint row = gl_WorkGroupID.y;
  if (row >= step.token_count) return;
  uint groups = params.heads / GROUP;
  uint first_head = gl_WorkGroupID.x % groups * GROUP;
  Reach reach = row_reach(row);
  Reach reaches[ROWS] = Reach[](reach);
  for (uint span = gl_WorkGroupID.x / groups; span < span_count(reach.last); span += gl_NumWorkGroups.x / groups) {
    uint start = (first_span(reach.last) + span) * ATTENTION_SPAN;
    attend_block(start, row, row, first_head, reaches, reach, reach);
    barrier();
    for (uint i = gl_LocalInvocationIndex; i < VECTORS * QUADS; i += ATTENTION_SPAN) {
      Partial found = span_partial(start, i, reach);
      uint record = record_start(row, first_head + i / QUADS, span);
      records[record + i % QUADS] = found.sum;
      if (i % QUADS == 0) records[record + QUADS] = vec4(found.largest, found.total, 0, 0);
    }
    barrier();
  }
}
