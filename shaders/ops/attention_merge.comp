//! op: attention
// Adds what attention_split.comp found in each span of positions, span by span; an invocation for each quad of dimensions
// of a row, y = row.
#version 460
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#include "attention.h"
#include "step.glsl"

layout(local_size_x_id = 0) in;
layout(constant_id = 2) const uint OCTETS = 8;  // dimensions of a head / 8
layout(push_constant) uniform Push { AttentionParams params; };
const uint QUADS = OCTETS * 2;
#include "attention_partial.glsl"
layout(std430, set = 0, binding = 1) readonly buffer Records { vec4 records[]; };
layout(std430, set = 0, binding = 2) writeonly buffer Attended { vec4 attended[]; };

const uint BATCH = 16;  // spans whose records are under way at once

void main() {
  uint row = gl_WorkGroupID.y;
  uint head = gl_GlobalInvocationID.x / QUADS;
  uint quad = gl_GlobalInvocationID.x % QUADS;
  if (row >= step.token_count || head >= params.heads) return;
  uint count = span_count(step_words[step.positions + row]);
  Partial all = NOTHING;
  [[dont_unroll]] for (uint span = 0; span < count; span += BATCH) {
    Partial found[BATCH];
    for (uint i = 0; i < BATCH; i++) {
      uint record = record_start(row, head, min(span + i, count - 1));
      vec2 weights = records[record + QUADS].xy;
      found[i] = Partial(weights.x, weights.y, records[record + quad]);
    }
    for (uint i = 0; i < BATCH; i++) {
      if (span + i < count) all = merged(all, found[i]);
    }
  }
  attended[row * (row_stride(params.heads * QUADS * 4) / 4) + gl_GlobalInvocationID.x] = all.sum / all.total;
}
