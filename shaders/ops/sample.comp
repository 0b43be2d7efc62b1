//! op: sample
//! requires: subgroup_arithmetic
// The next id of each output: the lowest of the likeliest, or drawn by the parameters of its sequence; all ones where a
// logit is NaN or none is finite. One workgroup per output. The id goes to the result, whose log-probabilities
// are zeros until log_probabilities.comp writes them, to the ring that the host reads and, where steps are chained, to the
// row's token.
// Top-k, top-p and the draw are each the same search: the first id, in the order of distance from the largest logit and
// then of id, up to which the ids are so many or weigh so much. It halves a range of distances and looks at all logits each
// time, until so few are left that each invocation lists its own. Sums are integers, so their order is of no account.
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
const uint LIST_LENGTH = 3072;
shared uint listed_ids[LIST_LENGTH];
shared float partial_values[SUBGROUPS];
shared uint partial_indices[SUBGROUPS];

// What lies up to a limit: its weight, how many ids, how many at most in one invocation, the last of them, and the first
// beyond.
struct Census {
  uvec2 mass;
  uint count;
  uint crowd;
  uint last;
  uint next;
};
// In turns, so that one barrier for each is enough.
shared Census partial_censuses[2 * SUBGROUPS];

uint first_logit;
uint sequence;
SamplingParams sampling;

float ranked_logit(uint id, float logit) { return adjusted_logit(id, logit, sequence, sampling); }

// The largest logit and its lowest id; infinite where one is no number.
float largest_logit(out uint lowest) {
  const float infinity = uintBitsToFloat(0x7f800000u);
  float value = -infinity;
  uint index = ANY;
  for (uint i = gl_LocalInvocationID.x; i < params.columns; i += gl_WorkGroupSize.x) {
    float logit = logits[first_logit + i];
    // Looked at as bits: a compiler may assume that there is no NaN.
    uint bits = floatBitsToUint(logit);
    bool is_broken = bits == 0x7f800000u || (bits & 0x7fffffffu) > 0x7f800000u;
    float candidate = is_broken ? infinity : ranked_logit(i, logit);
    if (candidate > value) {
      value = candidate;
      index = i;
    }
  }
  float largest = subgroupMax(value);
  lowest = subgroupMin(value == largest ? index : ANY);
  if (SUBGROUPS > 1) {
    if (subgroupElect()) {
      partial_values[gl_SubgroupID] = largest;
      partial_indices[gl_SubgroupID] = lowest;
    }
    barrier();
    for (uint i = 0; i < SUBGROUPS; i++) {
      bool wins = partial_values[i] > largest || (partial_values[i] == largest && partial_indices[i] < lowest);
      if (wins) {
        largest = partial_values[i];
        lowest = partial_indices[i];
      }
    }
  }
  return largest;
}

// The census of all invocations from that of each.
Census total(Census own, inout uint turn) {
  Census sum = Census(
    wide_subgroup_sum(own.mass), subgroupAdd(own.count), subgroupMax(own.crowd), subgroupMax(own.last),
    subgroupMin(own.next));
  if (SUBGROUPS > 1) {
    uint first = turn * SUBGROUPS;
    turn ^= 1;
    if (subgroupElect()) partial_censuses[first + gl_SubgroupID] = sum;
    barrier();
    sum = partial_censuses[first];
    for (uint i = 1; i < SUBGROUPS; i++) {
      Census other = partial_censuses[first + i];
      sum = Census(
        wide_add(sum.mass, other.mass), sum.count + other.count, max(sum.crowd, other.crowd), max(sum.last, other.last),
        min(sum.next, other.next));
    }
  }
  return sum;
}

uint distance_of(uint id, float largest) {
  return logit_distance(ranked_logit(id, logits[first_logit + id]), largest, sampling.scale);
}

uint drawn_id(float largest, uint random) {
  uint lane = gl_LocalInvocationID.x;
  uint slots = LIST_LENGTH / gl_WorkGroupSize.x;
  bool is_listed = false;
  uint own_count = (params.columns + gl_WorkGroupSize.x - 1 - lane) / gl_WorkGroupSize.x;
  uint turn = 0;
  // The last id that is kept, in the order of distance, then id.
  uint bound = sampling.reach;
  uint bound_id = ANY;
  // 0: top-k, 1: top-p, 2: the draw.
  for (uint phase = sampling.top_k == 0 ? 1 : 0; phase < 3; phase++) {
    if (phase == 1 && sampling.share == 0) continue;
    // The distance that is found, then its id is looked for; ANY before.
    uint tie = ANY;
    uint low = 0, high = bound, limit = bound;
    uvec2 target = uvec2(0), before = uvec2(0);
    uint count_before = 0, count = 0;
    bool is_first = true;
    while (true) {
      Census own = Census(uvec2(0), 0, 0, 0, ANY);
      for (uint i = 0; i < own_count; i++) {
        uint id = is_listed ? listed_ids[i * gl_WorkGroupSize.x + lane] : i * gl_WorkGroupSize.x + lane;
        uint distance = distance_of(id, largest);
        bool is_kept = distance < bound || (distance == bound && id <= bound_id);
        is_kept = is_kept && (tie == ANY || distance == tie);
        uint key = tie == ANY ? distance : id;
        if (is_kept && key <= limit) {
          own.mass = wide_add(own.mass, uvec2(phase == 0 ? 1 : distance_weight(distance), 0));
          own.count++;
          own.last = max(own.last, key);
        } else if (is_kept) {
          own.next = min(own.next, key);
        }
      }
      own.crowd = own.count;
      Census found = total(own, turn);
      if (is_first) {
        is_first = false;
        uvec3 part = wide_part(found.mass, phase == 1 ? sampling.share : random);
        target = wide_add(part.xy, uvec2(phase == 2 || part.z != 0 ? 1 : 0, 0));
        if (phase == 0) target = uvec2(min(sampling.top_k, found.count), 0);
      }
      if (wide_below(found.mass, target)) {
        low = found.next;
        before = found.mass;
        count_before = found.count;
      } else {
        high = found.last;
        count = found.count;
        if (!is_listed && tie == ANY && found.crowd <= slots) {
          uint place = lane;
          for (uint i = lane; i < params.columns; i += gl_WorkGroupSize.x) {
            uint distance = distance_of(i, largest);
            if (distance < high || (distance == high && (high < bound || i <= bound_id))) {
              listed_ids[place] = i;
              place += gl_WorkGroupSize.x;
            }
          }
          own_count = own.count;
          is_listed = true;
        }
      }
      limit = low + (high - low) / 2;
      if (low < high) continue;
      if (tie != ANY) break;
      tie = high;
      // One id alone at its distance needs no looking for, unless it is the one to draw.
      if (phase < 2 && count - count_before == 1) {
        high = tie < bound ? ANY : bound_id;
        break;
      }
      target = wide_subtract(target, before);
      low = 0;
      high = ANY - 1;
      limit = ANY - 1;
    }
    bound = tie;
    bound_id = high;
  }
  return bound_id;
}

// The chosen id joins those before.
void remember(uint id) {
  if ((sampling.adjustments & ADJUSTS_SEEN) != 0) {
    step_words[step.seen + sequence * step.seen_stride + id / 32] |= 1u << (id % 32);
  }
  if ((sampling.adjustments & ADJUSTS_CHOSEN) != 0) {
    uint place = step.counts + sequence * step.counts_stride + id / 2;
    uint word = step_words[place];
    if ((word >> (id % 2 * 16) & 0xffffu) < 0xffffu) step_words[place] = word + (1u << (id % 2 * 16));
  }
}

void main() {
  uint output_index = gl_WorkGroupID.x;
  if (output_index >= step.output_count) return;
  uint row = step_words[step.output_rows + output_index];
  sequence = step_words[step.sequences + row];
  sampling = load_sampling(sequence);
  first_logit = output_index * row_stride(params.columns);
  uint id;
  float largest = largest_logit(id);
  if (largest == uintBitsToFloat(0x7f800000u)) {
    id = ANY;
  } else if (id != ANY && sampling.scale != 0) {
    id = drawn_id(
      largest, random_word(step_words[step.positions + row], sampling.seed_low, sampling.seed_high));
  }
  for (uint i = gl_LocalInvocationID.x; i < RESULT_COLUMNS; i += gl_WorkGroupSize.x) {
    sampled[output_index * row_stride(RESULT_COLUMNS) + i] = i == 0 ? float(int(id)) : 0;
  }
  if (gl_LocalInvocationID.x != 0) return;
  uint cursor = step_words[step.ring_cursors + output_index];
  step_words[step.ring + (cursor % step.ring_length) * step.ring_stride + output_index] = id;
  step_words[step.ring_cursors + output_index] = cursor + 1;
  if (step.feeds_back == 0) return;
  step_words[step.tokens + row] = id;
  step_words[step.positions + row] += 1;
  if (id != ANY) remember(id);
}
