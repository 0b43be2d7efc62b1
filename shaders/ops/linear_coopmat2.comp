//! op: linear
//! formats: all
//! requires: coopmat2_f16_f32
// y = x · weightᵀ of many rows on matrix units of which a whole workgroup asks one product at a time: TOKENS rows of x times
// ROWS weight rows, STEP columns in each. How the matrices are spread over invocations, staged and multiplied is the driver's
// business; n: weight rows, k: weight columns. x comes from linear_pack.comp; weights are rounded to float16 as they are
// read; sums are float32. Edges are clamped by the layouts of the three tensors, so that rows and columns that are not there
// count as 0 and results that are not there are not stored.
// A sum takes STEP columns after the other, whatever else is in the workgroup: a row has the same bits alone and in company.
#version 460
#extension GL_GOOGLE_include_directive : require
#extension GL_KHR_cooperative_matrix : require
#extension GL_NV_cooperative_matrix2 : require
#extension GL_KHR_memory_scope_semantics : require
#extension GL_EXT_buffer_reference : require
#extension GL_EXT_shader_explicit_arithmetic_types_float16 : require
#include "linear.h"
#include "step.glsl"
#include "packed_rows.glsl"
#define FORMAT_BINDING 1
#include "format.glsl"
#include "format_scaling.glsl"

layout(local_size_x_id = 0) in;
layout(constant_id = 2) const uint TOKENS = 128;
layout(constant_id = 3) const uint ROWS = 128;
layout(constant_id = 4) const uint STEP = 64;
layout(constant_id = 5) const uint SCOPE = gl_ScopeWorkgroup;
layout(push_constant) uniform Push { LinearParams params; };
layout(std430, set = 0, binding = FORMAT_BINDING + FORMAT_PLANES) readonly buffer X { uvec4 x[]; };
layout(std430, set = 0, binding = FORMAT_BINDING + FORMAT_PLANES + 1) writeonly buffer Y { float y[]; };

const uint BLOCK = 4 * FORMAT_QUADS;

float16_t weight_at(uint n, uint group, uint column) {
  return float16_t(scaled_quad(row_group(n, group, params.k), column / 4)[column % 4]);
}
#include "tensor_tiles.glsl"

float scaled_back(const in uint row, const in uint column, const in float sum, const in uint first_row, const in uint rows) {
  return sum * packed_scale(x[packed_scale_place(min(first_row + row, rows - 1), params.k)]);
}

void main() {
  uint rows = step_row_count();
  uint first_row = gl_WorkGroupID.x * TOKENS;
  uint first_n = gl_WorkGroupID.y * ROWS;
  if (first_row >= rows) return;
  SUM_TILE sums = SUM_TILE(0.0);
  for (uint column = 0; column < params.k; column += STEP) {
    TOKEN_TILE tokens = load_tokens(first_row, column, rows);
    WEIGHT_TILE weights = load_weights(first_n, column);
    sums = coopMatMulAdd(tokens, weights, sums);
  }
  coopMatPerElementNV(sums, sums, scaled_back, first_row, rows);
  store_sums(sums, first_row, first_n, rows);
}
