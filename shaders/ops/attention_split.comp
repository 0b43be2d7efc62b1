//! op: attention
//! elements: f16 f32 q8_0
//! requires: subgroup_arithmetic subgroup_ballot
// Causal attention for GPUs. A workgroup takes GROUP heads of a row, which share keys and values, and spans of
// positions; each subgroup takes a block of a span. For the scores a lane is a position, for the sum of values it owns
// quads of dimensions; then blocks are added in order. With SPLIT workgroups share a row's spans and leave what they
// found to attention_merge.comp; without, one walks them all and adds them as that would.
// Spans begin at position 0 and all is added in the order of positions: a row's bits depend on nothing else.
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
layout(constant_id = 5) const uint SPLIT = 1;
layout(push_constant) uniform Push { AttentionParams params; };
const uint QUADS = OCTETS * 2;
#include "attention_partial.glsl"
layout(std430, set = 0, binding = 1) readonly buffer Queries { vec4 queries[]; };
#define CACHE_BINDING 2
#include "cache_octets.glsl"
layout(std430, set = 0, binding = 4) writeonly buffer Results { vec4 results[]; };  // records with SPLIT, else rows

const uint BLOCKS = ATTENTION_SPAN / LANES;
const uint OWNED = (QUADS + LANES - 1) / LANES;
const uint AHEAD = OCTETS % 4 == 0 ? 4 : OCTETS % 2 == 0 ? 2 : 1;  // octets of keys that are under way at once
const uint BATCH = OWNED < 8 ? 8 / OWNED : 1;  // positions whose values are under way at once
const uint RESULTS = (GROUP * QUADS + ATTENTION_SPAN - 1) / ATTENTION_SPAN;  // quads of an invocation

shared float block_largest[BLOCKS * GROUP];
shared float block_totals[BLOCKS * GROUP];
shared vec4 block_sums[BLOCKS * GROUP * QUADS];

// The positions from `base` on, one for each lane, of those from `begin` to `last`.
void attend_block(uint row, uint first_head, uint base, uint begin, uint last) {
  uint lane = gl_SubgroupInvocationID;
  uint first = gl_SubgroupID * GROUP;
  uint query = row * (row_stride(params.heads * QUADS * 4) / 4) + first_head * QUADS;
  uint cache_head = first_head / (params.heads / params.key_value_heads);
  uint slot = (step_page(row, base) * params.key_value_heads + cache_head) * PAGE_LENGTH + base % PAGE_LENGTH;

  precise vec4 parts[GROUP];
  for (uint g = 0; g < GROUP; g++) parts[g] = vec4(0);
  [[dont_unroll]] for (uint o = 0; o < OCTETS; o += AHEAD) {
    Octet k[AHEAD];
    for (uint i = 0; i < AHEAD; i++) k[i] = cache_key_octet((slot + lane) * OCTETS + o + i);
    for (uint i = 0; i < AHEAD; i++) {
      for (uint g = 0; g < GROUP; g++) {
        uint quad = query + g * QUADS + 2 * (o + i);
        parts[g] = fma(queries[quad + 1], k[i].high, fma(queries[quad], k[i].low, parts[g]));
      }
    }
  }
  precise float weights[GROUP];
  for (uint g = 0; g < GROUP; g++) {
    precise float score = ((parts[g].x + parts[g].y) + (parts[g].z + parts[g].w)) * params.scale;
    // Slots that the row does not see hold anything, NaN included: they are replaced, not multiplied away.
    score = base + lane >= begin && base + lane <= last ? capped(score) : NOTHING.largest;
    float largest = subgroupMax(score);
    weights[g] = exp(score - largest);
    float total = subgroupAdd(weights[g]);
    if (lane == 0) {
      block_largest[first + g] = largest;
      block_totals[first + g] = total;
    }
  }

  precise vec4 sums[GROUP][OWNED];
  for (uint g = 0; g < GROUP; g++) {
    for (uint o = 0; o < OWNED; o++) sums[g][o] = vec4(0);
  }
  uint skipped = max(begin, base) - base;
  uint count = min(LANES, last - base + 1);
  [[dont_unroll]] for (uint j = skipped / BATCH * BATCH; j < count; j += BATCH) {
    // In place of positions before the first and behind the last these come again, with a weight of 0.
    vec4 v[BATCH][OWNED];
    for (uint b = 0; b < BATCH; b++) {
      uint start = (slot + clamp(j + b, skipped, count - 1)) * QUADS;
      for (uint o = 0; o < OWNED; o++) v[b][o] = cache_value_quad(start + min(o * LANES + lane, QUADS - 1));
    }
    for (uint b = 0; b < BATCH; b++) {
      for (uint g = 0; g < GROUP; g++) {
        vec4 weight = vec4(subgroupBroadcast(weights[g], j + b));
        for (uint o = 0; o < OWNED; o++) sums[g][o] = fma(weight, v[b][o], sums[g][o]);
      }
    }
  }
  for (uint g = 0; g < GROUP; g++) {
    for (uint o = 0; o < OWNED; o++) {
      uint quad = o * LANES + lane;
      if (quad < QUADS) block_sums[(first + g) * QUADS + quad] = sums[g][o];
    }
  }
}

void main() {
  uint row = gl_WorkGroupID.y;
  if (row >= step.token_count) return;
  uint groups = params.heads / GROUP;
  uint first_head = gl_WorkGroupID.x % groups * GROUP;
  uint last = step_words[step.positions + row];
  Partial all[RESULTS];
  for (uint r = 0; r < RESULTS; r++) all[r] = NOTHING;
  uint begin = first_seen(last);
  uint count = span_count(last);
  for (uint span = gl_WorkGroupID.x / groups; span < count; span += gl_NumWorkGroups.x / groups) {
    uint start = (first_span(last) + span) * ATTENTION_SPAN;
    uint base = start + gl_SubgroupID * LANES;
    if (base <= last && base + LANES > begin) attend_block(row, first_head, base, begin, last);
    barrier();
    uint skipped = (max(begin, start) - start) / LANES;
    uint blocks = min(BLOCKS, (last - start) / LANES + 1);
    for (uint r = 0; r < RESULTS; r++) {
      uint i = r * ATTENTION_SPAN + gl_LocalInvocationIndex;
      if (i >= GROUP * QUADS) break;
      Partial found = NOTHING;
      [[dont_unroll]] for (uint b = skipped; b < blocks; b++) {
        uint block = b * GROUP + i / QUADS;
        found = merged(found, Partial(block_largest[block], block_totals[block], block_sums[b * GROUP * QUADS + i]));
      }
      if (SPLIT == 0) {
        all[r] = merged(all[r], found);
      } else {
        uint record = record_start(row, first_head + i / QUADS, span);
        results[record + i % QUADS] = found.sum;
        if (i % QUADS == 0) results[record + QUADS] = vec4(found.largest, found.total, 0, 0);
      }
    }
    barrier();
  }
  if (SPLIT == 1) return;
  uint start = row * (row_stride(params.heads * QUADS * 4) / 4) + first_head * QUADS;
  for (uint r = 0; r < RESULTS; r++) {
    uint i = r * ATTENTION_SPAN + gl_LocalInvocationIndex;
    if (i < GROUP * QUADS) results[start + i] = all[r].sum / all[r].total;
  }
}
