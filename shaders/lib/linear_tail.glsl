// What a matrix product may be fused with: a norm before it, and after it an addition, SwiGLU, or the rotation and storing of
// queries, keys and values. Each gives the bits of the kernel that does it alone.
// Expects: linear.h, params (LinearParams), x_quad(i), units.glsl, step.glsl, TAIL_BINDING: norm weight, residual or rotary table, result, keys, values follow.
// Provides: NORMED, TAIL; IS_PAIRED, whether results are finished in pairs; row_scale(…); norm_quad(i); paired_row(…); finish(…),
// finish_swiglu(…), finish_rotary(…).
#include "activations.glsl"
#include "rms.glsl"

layout(constant_id = 10) const bool NORMED = false;
layout(constant_id = 11) const uint TAIL = TAIL_NONE;
layout(constant_id = 12) const bool CACHE_F16 = true;
const bool IS_PAIRED = TAIL >= TAIL_SWIGLU;

// A launch binds x for what it does not read and the result for what it does not write.
layout(std430, set = 0, binding = TAIL_BINDING) readonly buffer NormWeight { UNIT norm_weight[]; };
layout(std430, set = 0, binding = TAIL_BINDING + 1) readonly buffer Other { float other[]; };
layout(std430, set = 0, binding = TAIL_BINDING + 2) writeonly buffer Y { float y[]; };
layout(std430, set = 0, binding = TAIL_BINDING + 3) writeonly buffer Keys { uint keys[]; };
layout(std430, set = 0, binding = TAIL_BINDING + 4) writeonly buffer Values { uint values[]; };

vec4 norm_quad(uint i) { return floats(norm_weight[i]); }

// The norm's factor for the row of x that begins at vec4 `start`, by the whole subgroup.
float row_scale(uint start) {
  float parts[RMS_PARTS];
  for (uint p = 0; p < RMS_PARTS; p++) parts[p] = rms_part(start, params.k, p);
  return rms_scale(parts, params.k, params.epsilon);
}

// The first weight row of a pair; the other is params.partner further on.
uint paired_row(uint pair) { return pair / params.partner * 2 * params.partner + pair % params.partner; }

// One result of weight row n of this chunk.
void finish(uint row, uint n, float value) {
  uint i = row * row_stride(params.y_columns) + params.y_first + n;
  precise float result = TAIL == TAIL_ADD ? other[i] + value : value;
  y[i] = result;
}

// Gate and up of one column.
void finish_swiglu(uint row, uint column, float gate, float up) {
  y[row * row_stride(params.y_columns) + column] = swiglu(gate, up);
}

void store(bool is_key, uint word, vec2 numbers) {
  if (CACHE_F16) {
    uint packed = packHalf2x16(numbers);
    if (is_key) keys[word] = packed; else values[word] = packed;
  } else {
    uvec2 bits = floatBitsToUint(numbers);
    if (is_key) keys[2 * word] = bits.x; else values[2 * word] = bits.x;
    if (is_key) keys[2 * word + 1] = bits.y; else values[2 * word + 1] = bits.y;
  }
}

// Two neighbouring pairs of a head: weight rows n, n + 1 and their partners.
void finish_rotary(uint row, uint n, vec2 first, vec2 second) {
  uint half_width = params.partner;
  uint head = (params.y_first + n) / (2 * half_width);
  uint i = (params.y_first + n) % (2 * half_width);
  uint position = step_words[step.positions + row];
  if (head < params.heads + params.key_value_heads) {
    uint angle = position * row_stride(2 * half_width) + i;
    vec2 a = rotated(vec2(first.x, second.x), other[angle], other[angle + half_width]);
    vec2 b = rotated(vec2(first.y, second.y), other[angle + 1], other[angle + half_width + 1]);
    first = vec2(a.x, b.x);
    second = vec2(a.y, b.y);
  }
  if (head < params.heads) {
    uint target = row * row_stride(params.y_columns) + head * 2 * half_width + i;
    y[target] = first.x;
    y[target + 1] = first.y;
    y[target + half_width] = second.x;
    y[target + half_width + 1] = second.y;
    return;
  }
  bool is_key = head < params.heads + params.key_value_heads;
  uint cache_head = head - params.heads - (is_key ? 0 : params.key_value_heads);
  uint slot = (step_page(row, position) * params.key_value_heads + cache_head) * PAGE_LENGTH + position % PAGE_LENGTH;
  store(is_key, slot * half_width + i / 2, first);
  store(is_key, slot * half_width + (i + half_width) / 2, second);
}
