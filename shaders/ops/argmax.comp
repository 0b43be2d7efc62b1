//! op: argmax
//! requires: subgroup_arithmetic
// The lowest index of each output's largest logit; all ones where a logit is NaN or none is finite. One workgroup per
// output. The id goes to the result, to the ring that the host reads and, where steps are chained, to the row's token.
#version 460
#extension GL_GOOGLE_include_directive : require
#extension GL_KHR_shader_subgroup_arithmetic : require
#include "columns.h"
#define STEP_WRITABLE
#include "step.glsl"

layout(local_size_x_id = 0) in;
layout(constant_id = 2) const uint SUBGROUPS = 1;
layout(push_constant) uniform Push { ColumnsParams params; };
layout(std430, set = 0, binding = 1) readonly buffer Logits { float logits[]; };
layout(std430, set = 0, binding = 2) writeonly buffer Ids { float ids[]; };

shared float partial_values[SUBGROUPS];
shared uint partial_indices[SUBGROUPS];

void main() {
  uint output_index = gl_WorkGroupID.x;
  if (output_index >= step.output_count) return;
  uint start = output_index * row_stride(params.columns);
  const float infinity = uintBitsToFloat(0x7f800000u);
  float value = -infinity;
  uint index = 0xffffffffu;
  for (uint i = gl_LocalInvocationID.x; i < params.columns; i += gl_WorkGroupSize.x) {
    float candidate = logits[start + i];
    // A NaN counts as infinite, which no sound logit is. Looked at as bits: a compiler may assume that there are none.
    bool is_nan = (floatBitsToUint(candidate) & 0x7fffffffu) > 0x7f800000u;
    if (is_nan || candidate > value) {
      value = is_nan ? infinity : candidate;
      index = i;
    }
  }
  float largest = subgroupMax(value);
  uint lowest = subgroupMin(value == largest ? index : 0xffffffffu);
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
  if (gl_LocalInvocationID.x != 0) return;
  if (largest == infinity) lowest = 0xffffffffu;
  ids[output_index * row_stride(1)] = float(int(lowest));
  uint cursor = step_words[step.ring_cursors + output_index];
  step_words[step.ring + (cursor % step.ring_length) * step.ring_stride + output_index] = lowest;
  step_words[step.ring_cursors + output_index] = cursor + 1;
  if (step.feeds_back != 0) {
    uint row = step_words[step.output_rows + output_index];
    step_words[step.tokens + row] = lowest;
    step_words[step.positions + row] += 1;
  }
}
