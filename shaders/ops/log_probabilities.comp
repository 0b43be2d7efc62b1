//! op: sample
//! requires: subgroup_arithmetic
// What the model thought of the id that `sample` chose before: its log-probability, then ids and log-probabilities of the
// likeliest, of the logits as they are. For outputs whose sequence wants them, one workgroup each; to the result and to the
// ring that the host reads.
// The sum of exp is that of the integer weights that ids are drawn by, so its order is of no account. Each invocation keeps
// the likeliest of its own ids; the one whose id is the next of all looks for another.
#version 460
#extension GL_GOOGLE_include_directive : require
#extension GL_KHR_shader_subgroup_arithmetic : require
#include "columns.h"
#define STEP_WRITABLE
#include "step.glsl"
#include "sampling.glsl"

layout(local_size_x_id = 0) in;
layout(constant_id = 2) const uint SUBGROUPS = 1;
layout(push_constant) uniform Push { ColumnsParams params; };
layout(std430, set = 0, binding = 1) readonly buffer Logits { float logits[]; };
layout(std430, set = 0, binding = 2) writeonly buffer Sampled { float sampled[]; };

const uint ANY = 0xffffffffu;
// Distance per unit of logit at temperature 1, see SamplingRule.swift.
const float SCALE = 24204406.0;
// In turns, so that one barrier for each is enough.
shared float partial_values[2 * SUBGROUPS];
shared uint partial_ids[2 * SUBGROUPS];
shared uvec2 partial_masses[SUBGROUPS];

struct Best {
  float value;
  uint id;
};

uint first_logit;
// Where the row of the output begins in the result, and in the ring.
uint result;
uint ring;
uint turn = 0;

// The likeliest of all invocations, of equals the lowest id.
Best best_of_all(Best own) {
  float value = subgroupMax(own.value);
  Best best = Best(value, subgroupMin(own.value == value ? own.id : ANY));
  if (SUBGROUPS > 1) {
    uint first = turn * SUBGROUPS;
    turn ^= 1;
    if (subgroupElect()) {
      partial_values[first + gl_SubgroupID] = best.value;
      partial_ids[first + gl_SubgroupID] = best.id;
    }
    barrier();
    for (uint i = first; i < first + SUBGROUPS; i++) {
      Best other = Best(partial_values[i], partial_ids[i]);
      bool wins = other.value > best.value || (other.value == best.value && other.id < best.id);
      if (wins) best = other;
    }
  }
  return best;
}

uvec2 wide_total(uvec2 own) {
  uvec2 sum = wide_subgroup_sum(own);
  if (SUBGROUPS > 1) {
    if (subgroupElect()) partial_masses[gl_SubgroupID] = sum;
    barrier();
    sum = uvec2(0);
    for (uint i = 0; i < SUBGROUPS; i++) sum = wide_add(sum, partial_masses[i]);
  }
  return sum;
}

// Of the sum of all weights, that of the likeliest being 1.
float logarithm_of_sum(float largest) {
  uvec2 own = uvec2(0);
  for (uint i = gl_LocalInvocationID.x; i < params.columns; i += gl_WorkGroupSize.x) {
    uint distance = logit_distance(logits[first_logit + i], largest, SCALE);
    // What is further away would be shifted by 32 bits, which is undefined.
    if (distance < FARTHEST) own = wide_add(own, uvec2(distance_weight(distance), 0));
  }
  uvec2 total = wide_total(own);
  precise float high = float(total.y) * 4294967296.0;
  precise float sum = high + float(total.x);
  return log(sum * 4.656612873077392578125e-10);
}

void leave(uint column, float value) {
  if (gl_LocalInvocationID.x != 0) return;
  sampled[result + column] = value;
  step_words[ring + column] = floatBitsToUint(value);
}

void main() {
  uint output_index = gl_WorkGroupID.x;
  if (output_index >= step.output_count) return;
  uint sequence = step_words[step.sequences + step_words[step.output_rows + output_index]];
  uint wanted = load_sampling(sequence).log_probabilities;
  if (wanted == 0) return;
  first_logit = output_index * row_stride(params.columns);
  // `sample` has moved the cursor on.
  uint cursor = step_words[step.ring_cursors + output_index] - 1;
  uint chosen = step_words[step.ring + cursor % step.ring_length * step.ring_stride + output_index];
  ring = step.log_ring + (cursor % step.ring_length * step.ring_stride + output_index) * LOG_WORDS;
  result = output_index * row_stride(RESULT_COLUMNS) + 1;
  bool is_number = chosen != ANY;

  const float infinity = uintBitsToFloat(0x7f800000u);
  uint lane = gl_LocalInvocationID.x;
  Best own = Best(-infinity, ANY);
  for (uint i = lane; i < params.columns; i += gl_WorkGroupSize.x) own.value = max(own.value, logits[first_logit + i]);
  float largest = best_of_all(own).value;
  float logarithm = logarithm_of_sum(largest);
  leave(0, is_number ? logits[first_logit + chosen] - largest - logarithm : 0);
  // Before all others, so that each invocation looks for its first.
  Best best = Best(infinity, ANY);
  for (uint place = 0; place + 1 < wanted; place++) {
    // Not a function: glslang's optimizer does not come to an end with one in this loop.
    if (own.id == best.id) {
      own = Best(-infinity, ANY);
      for (uint i = lane; i < params.columns; i += gl_WorkGroupSize.x) {
        float logit = logits[first_logit + i];
        bool comes_after = logit < best.value || (logit == best.value && i > best.id);
        if (comes_after && logit > own.value) own = Best(logit, i);
      }
    }
    best = best_of_all(own);
    bool is_told = is_number && best.id != ANY;
    leave(1 + 2 * place, is_told ? float(best.id) : -1);
    leave(2 + 2 * place, is_told ? best.value - largest - logarithm : 0);
  }
}
