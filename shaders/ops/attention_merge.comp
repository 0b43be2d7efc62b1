//! op: attention
//! requires: subgroup_arithmetic subgroup_shuffle
// Adds what attention_split.comp found in each span of positions, span by span. A workgroup of one subgroup takes as many
// dimensions of one head of one row as it has lanes; maxima and rescalings of several spans are looked at at once, a lane
// for each, and their values are in flight together.
#version 460
#extension GL_GOOGLE_include_directive : require
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_arithmetic : require
#extension GL_KHR_shader_subgroup_shuffle : require
#include "attention.h"
#include "step.glsl"

layout(local_size_x_id = 0) in;
layout(constant_id = 2) const uint OCTETS = 8;  // dimensions of a head / 8
layout(constant_id = 8) const uint LANES = 32;  // the subgroup's size
layout(push_constant) uniform Push { AttentionParams params; };
#include "attention_score.glsl"
#include "attention_record.glsl"
layout(std430, set = 0, binding = 1) readonly buffer Records { float records[]; };
layout(std430, set = 0, binding = 2) writeonly buffer Attended { float attended[]; };

const uint DIMENSIONS = OCTETS * 8;
const uint BATCH = LANES < 32 ? LANES : 32;  // spans at once

void main() {
  uint row = gl_WorkGroupID.y;
  if (row >= step.token_count) return;
  uint lane = gl_SubgroupInvocationID;
  uint parts = (DIMENSIONS + LANES - 1) / LANES;
  uint head = gl_WorkGroupID.x / parts;
  uint dimension = gl_WorkGroupID.x % parts * LANES + lane;
  uint position = step_words[step.positions + row];
  uint count = position / ATTENTION_SPAN - first_seen(position) / ATTENTION_SPAN + 1;
  uint start = record_start(row, head, 0);
  float largest = UNSEEN;
  precise float total = 0;
  precise float sum = 0;
  for (uint base = 0; base < count; base += BATCH) {
    float values[BATCH];
    for (uint i = 0; i < BATCH; i++) {
      values[i] = records[start + min(base + i, count - 1) * RECORD + min(dimension, DIMENSIONS - 1)];
    }
    bool exists = lane < BATCH && base + lane < count;
    uint own = start + min(base + lane, count - 1) * RECORD + DIMENSIONS;
    float span_largest = exists ? records[own] : UNSEEN;
    float span_total = exists ? records[own + 1] : 0;
    float before = max(largest, subgroupExclusiveMax(span_largest));
    float raised = max(before, span_largest);
    float kept = rescaling(before, raised);
    float added = rescaling(span_largest, raised);
    for (uint i = 0; i < BATCH; i++) {
      if (base + i >= count) break;
      float share = subgroupShuffle(added, i);
      float correction = subgroupShuffle(kept, i);
      total = fma(subgroupShuffle(span_total, i), share, total * correction);
      sum = fma(values[i], share, sum * correction);
    }
    largest = subgroupShuffle(raised, BATCH - 1);
  }
  if (dimension >= DIMENSIONS) return;
  attended[row * row_stride(params.heads * DIMENSIONS) + head * DIMENSIONS + dimension] = sum / total;
}
