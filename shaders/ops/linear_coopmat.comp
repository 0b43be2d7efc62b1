//! op: linear
//! formats: all
//! requires: coopmat_f16_f32 subgroup_arithmetic
// y = x · weightᵀ of many rows on matrix units. n: weight rows, k: weight columns. The device multiplies MATRIX_M
// tokens × MATRIX_K columns by MATRIX_K columns × MATRIX_N weight rows; a subgroup makes TOKEN_TILES × ROW_TILES such
// results, and a workgroup of TOKEN_SUBGROUPS × ROW_SUBGROUPS subgroups shares STEP columns of x and of the weight at a
// time. Both are rounded to float16 in shared memory, sums are float32. Each row of x is scaled there by the power of two
// that brings its largest value between 2^14 and 2^15, so that nothing overflows and little is lost; y is scaled back.
// The order of additions of a result depends on the device's matrix alone: a row has the same bits alone and in company.
#version 460
#extension GL_GOOGLE_include_directive : require
#extension GL_KHR_cooperative_matrix : require
#extension GL_KHR_memory_scope_semantics : require
#extension GL_KHR_shader_subgroup_arithmetic : require
#extension GL_EXT_shader_explicit_arithmetic_types_float16 : require
#include "linear.h"
#include "step.glsl"
#define FORMAT_BINDING 1
#include "format.glsl"
#include "format_scaling.glsl"

layout(local_size_x_id = 0) in;
layout(constant_id = 2) const uint MATRIX_M = 16;
layout(constant_id = 3) const uint MATRIX_N = 16;
layout(constant_id = 4) const uint MATRIX_K = 16;
layout(constant_id = 5) const uint TOKEN_TILES = 2;
layout(constant_id = 6) const uint ROW_TILES = 4;
layout(constant_id = 7) const uint TOKEN_SUBGROUPS = 2;
layout(constant_id = 8) const uint ROW_SUBGROUPS = 2;
layout(constant_id = 9) const uint STEP = 32;
layout(push_constant) uniform Push { LinearParams params; };
layout(std430, set = 0, binding = FORMAT_BINDING + FORMAT_PLANES) readonly buffer X { vec4 x[]; };
layout(std430, set = 0, binding = FORMAT_BINDING + FORMAT_PLANES + 1) writeonly buffer Y { float y[]; };

// The quads that one invocation decodes at once: 8 columns, or a group where that is more.
#if FORMAT_QUADS == 1
#define UNIT_QUADS 2
#else
#define UNIT_QUADS FORMAT_QUADS
#endif

const uint TOKENS = MATRIX_M * TOKEN_TILES * TOKEN_SUBGROUPS;
const uint ROWS = MATRIX_N * ROW_TILES * ROW_SUBGROUPS;
const uint OCTETS = STEP / 8;
// One octet more than a row has, so that rows begin in different banks.
const uint STRIDE = OCTETS + 1;
const uint UNITS = STEP / (4 * UNIT_QUADS);
const uint RESULTS = MATRIX_M * MATRIX_N;

shared uvec4 x_tile[TOKENS * STRIDE];
shared uvec4 weight_tile[ROWS * STRIDE];
shared uint exponents[TOKENS];
shared float results[TOKEN_SUBGROUPS * ROW_SUBGROUPS * RESULTS];

// Not packHalf2x16, for which some drivers cut off instead of rounding to nearest.
uvec2 half4(vec4 v) { return uvec2(packFloat2x16(f16vec2(v.xy)), packFloat2x16(f16vec2(v.zw))); }

// Columns past k are padding, undefined up to the row's end.
vec4 load_x(uint row, uint quad) {
  uint left = params.k - min(params.k, 4 * quad);
  if (left == 0) return vec4(0);
  vec4 v = x[row * (row_stride(params.k) / 4) + quad];
  return left >= 4 ? v : mix(vec4(0), v, lessThan(uvec4(0, 1, 2, 3), uvec4(left)));
}

// Of each row's largest magnitude, biased as in the bits of a float, and no less than both scales below can bear.
void find_exponents(uint first_row, uint tokens) {
  for (uint t = gl_SubgroupID; t < tokens; t += gl_NumSubgroups) {
    vec4 largest = vec4(0);
    for (uint quad = gl_SubgroupInvocationID; 4 * quad < params.k; quad += gl_SubgroupSize) {
      largest = max(largest, abs(load_x(first_row + t, quad)));
    }
    float top = subgroupMax(max(max(largest.x, largest.y), max(largest.z, largest.w)));
    if (subgroupElect()) exponents[t] = max(floatBitsToUint(top) >> 23, 27u);
  }
}
float x_scale(uint token) { return uintBitsToFloat((268u - exponents[token]) << 23); }
float y_scale(uint token) { return uintBitsToFloat((exponents[token] - 14u) << 23); }

void stage_x(uint first_row, uint tokens, uint first_column) {
  for (uint i = gl_LocalInvocationIndex; i < TOKENS * OCTETS; i += gl_WorkGroupSize.x) {
    uint t = min(i / OCTETS, tokens - 1);
    uint quad = first_column / 4 + i % OCTETS * 2;
    vec4 low = x_scale(t) * load_x(first_row + t, quad);
    vec4 high = x_scale(t) * load_x(first_row + t, quad + 1);
    x_tile[i / OCTETS * STRIDE + i % OCTETS] = uvec4(half4(low), half4(high));
  }
}

void stage_weights(uint first_n, uint first_column) {
  for (uint i = gl_LocalInvocationIndex; i < ROWS * UNITS; i += gl_WorkGroupSize.x) {
    uint n = min(first_n + i / UNITS, params.n - 1);
    uint first_quad = first_column / 4 + i % UNITS * UNIT_QUADS;
    uvec2 halves[UNIT_QUADS];
    for (uint q = 0; q < UNIT_QUADS; q += FORMAT_QUADS) {
      uint group = (first_quad + q) / FORMAT_QUADS;
      bool is_inside = group < format_group_count(params.k);
      FORMAT_GROUP packed = row_group(n, is_inside ? group : 0, params.k);
      for (uint j = 0; j < FORMAT_QUADS; j++) {
        halves[q + j] = half4(is_inside ? scaled_quad(packed, j) : vec4(0));
      }
    }
    uint start = i / UNITS * STRIDE + i % UNITS * (UNIT_QUADS / 2);
    for (uint q = 0; q < UNIT_QUADS; q += 2) weight_tile[start + q / 2] = uvec4(halves[q], halves[q + 1]);
  }
}

void main() {
  uint rows = step_row_count();
  uint first_row = gl_WorkGroupID.y * TOKENS;
  uint first_n = gl_WorkGroupID.x * ROWS;
  if (first_row >= rows) return;
  uint tokens = min(TOKENS, rows - first_row);
  find_exponents(first_row, tokens);
  barrier();

  uint own_token = gl_SubgroupID % TOKEN_SUBGROUPS * TOKEN_TILES * MATRIX_M;
  uint own_n = gl_SubgroupID / TOKEN_SUBGROUPS * ROW_TILES * MATRIX_N;
  coopmat<float, gl_ScopeSubgroup, MATRIX_M, MATRIX_N, gl_MatrixUseAccumulator> sums[TOKEN_TILES * ROW_TILES];
  for (uint i = 0; i < TOKEN_TILES * ROW_TILES; i++) {
    sums[i] = coopmat<float, gl_ScopeSubgroup, MATRIX_M, MATRIX_N, gl_MatrixUseAccumulator>(0.0);
  }
  for (uint column = 0; column < params.k; column += STEP) {
    stage_x(first_row, tokens, column);
    stage_weights(first_n, column);
    barrier();
    for (uint octet = 0; octet < OCTETS; octet += MATRIX_K / 8) {
      coopmat<float16_t, gl_ScopeSubgroup, MATRIX_M, MATRIX_K, gl_MatrixUseA> a[TOKEN_TILES];
      for (uint t = 0; t < TOKEN_TILES; t++) {
        uint start = (own_token + t * MATRIX_M) * STRIDE + octet;
        coopMatLoad(a[t], x_tile, start, STRIDE, gl_CooperativeMatrixLayoutRowMajor);
      }
      for (uint r = 0; r < ROW_TILES; r++) {
        coopmat<float16_t, gl_ScopeSubgroup, MATRIX_K, MATRIX_N, gl_MatrixUseB> b;
        uint start = (own_n + r * MATRIX_N) * STRIDE + octet;
        coopMatLoad(b, weight_tile, start, STRIDE, gl_CooperativeMatrixLayoutColumnMajor);
        for (uint t = 0; t < TOKEN_TILES; t++) {
          sums[r * TOKEN_TILES + t] = coopMatMulAdd(a[t], b, sums[r * TOKEN_TILES + t]);
        }
      }
    }
    barrier();
  }

  // Which lane holds which element is the device's secret, so results go through shared memory, tile by tile.
  for (uint i = 0; i < TOKEN_TILES * ROW_TILES; i++) {
    uint start = gl_SubgroupID * RESULTS;
    coopMatStore(sums[i], results, start, MATRIX_N, gl_CooperativeMatrixLayoutRowMajor);
    barrier();
    for (uint e = gl_SubgroupInvocationID; e < RESULTS; e += gl_SubgroupSize) {
      uint token = own_token + i % TOKEN_TILES * MATRIX_M + e / MATRIX_N;
      uint n = first_n + own_n + i / TOKEN_TILES * MATRIX_N + e % MATRIX_N;
      if (token >= tokens || n >= params.n) continue;
      y[(first_row + token) * row_stride(params.y_columns) + params.y_first + n] = results[start + e] * y_scale(token);
    }
    barrier();
  }
}
