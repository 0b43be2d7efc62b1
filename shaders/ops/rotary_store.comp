//! op: rotary_store
//! elements: f16 f32
// Rotates queries and keys (rotate-half: dimension i turns with i + half) and writes keys and values to their pages.
// One invocation makes one pair of neighbouring dimensions of q|k|v; y = row.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "rotary_store.h"
#include "step.glsl"
#include "activations.glsl"

layout(local_size_x_id = 0) in;
layout(push_constant) uniform Push { RotaryStoreParams params; };
layout(std430, set = 0, binding = 1) readonly buffer Joined { float joined[]; };
layout(std430, set = 0, binding = 2) readonly buffer Table { float table[]; };
#define CACHE_BINDING 3
#include "cache_write.glsl"
layout(std430, set = 0, binding = 5) writeonly buffer Queries { float queries[]; };

float rotated_dimension(uint head_start, uint dimension, uint table_start) {
  uint half_width = params.head_dimension / 2;
  bool is_first = dimension < half_width;
  uint pair = is_first ? dimension : dimension - half_width;
  float cosine = table[table_start + pair];
  float sine = table[table_start + half_width + pair];
  float first = joined[head_start + pair];
  float second = joined[head_start + half_width + pair];
  vec2 turned = rotated(vec2(first, second), cosine, sine);
  return is_first ? turned.x : turned.y;
}

void main() {
  uint row = gl_GlobalInvocationID.y;
  uint half_width = params.head_dimension / 2;
  uint head = gl_GlobalInvocationID.x / half_width;
  uint pair = gl_GlobalInvocationID.x % half_width;
  if (row >= step.token_count || head >= params.heads + 2 * params.key_value_heads) return;
  uint position = step_words[step.positions + row];
  uint columns = (params.heads + 2 * params.key_value_heads) * params.head_dimension;
  uint start = row * row_stride(columns) + head * params.head_dimension;
  uint table_start = position * row_stride(params.head_dimension);
  if (head < params.heads) {
    uint target = row * row_stride(params.heads * params.head_dimension) + head * params.head_dimension + 2 * pair;
    queries[target] = rotated_dimension(start, 2 * pair, table_start);
    queries[target + 1] = rotated_dimension(start, 2 * pair + 1, table_start);
    return;
  }
  uint page = step_page(row, position);
  bool is_key = head < params.heads + params.key_value_heads;
  uint cache_head = head - params.heads - (is_key ? 0 : params.key_value_heads);
  uint slot = (page * params.key_value_heads + cache_head) * PAGE_LENGTH + position % PAGE_LENGTH;
  if (is_key) {
    cache_store_key(slot * half_width + pair,
                    vec2(rotated_dimension(start, 2 * pair, table_start), rotated_dimension(start, 2 * pair + 1, table_start)));
  } else {
    cache_store_value(slot * half_width + pair, vec2(joined[start + 2 * pair], joined[start + 2 * pair + 1]));
  }
}
