//! op: rotary_store
//! elements: f16 f32 q8_0
// Rotates queries and keys (rotate-half: dimension i turns with i + half) and writes keys and values to their pages.
// One invocation makes CACHE_RUN neighbouring dimensions of a head of q|k|v; y = row.
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

// Of the invocation: where its head and its row's angles start, and whether the head is one of values, which stay.
uint start;
uint table_start;
bool is_value;

float rotated_dimension(uint dimension) {
  uint half_width = params.head_dimension / 2;
  bool is_first = dimension < half_width;
  uint pair = is_first ? dimension : dimension - half_width;
  float cosine = table[table_start + pair];
  float sine = table[table_start + half_width + pair];
  float first = joined[start + pair];
  float second = joined[start + half_width + pair];
  vec2 turned = rotated(vec2(first, second), cosine, sine);
  return is_first ? turned.x : turned.y;
}

float cache_number(uint column) { return is_value ? joined[start + column] : rotated_dimension(column); }

void main() {
  uint row = gl_GlobalInvocationID.y;
  uint runs = params.head_dimension / CACHE_RUN;
  uint head = gl_GlobalInvocationID.x / runs;
  uint dimension = gl_GlobalInvocationID.x % runs * CACHE_RUN;
  if (row >= step.token_count || head >= params.heads + 2 * params.key_value_heads) return;
  uint position = step_words[step.positions + row];
  uint columns = (params.heads + 2 * params.key_value_heads) * params.head_dimension;
  start = row * row_stride(columns) + head * params.head_dimension;
  table_start = position * row_stride(params.head_dimension);
  is_value = head >= params.heads + params.key_value_heads;
  if (head < params.heads) {
    uint target = row * row_stride(params.heads * params.head_dimension) + head * params.head_dimension + dimension;
    for (uint i = 0; i < CACHE_RUN; i++) queries[target + i] = rotated_dimension(dimension + i);
    return;
  }
  uint page = step_page(row, position);
  uint cache_head = head - params.heads - (is_value ? params.key_value_heads : 0);
  uint slot = (page * params.key_value_heads + cache_head) * PAGE_LENGTH + position % PAGE_LENGTH;
  cache_store(!is_value, slot, params.head_dimension, dimension);
}
