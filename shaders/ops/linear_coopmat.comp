//! op: linear
//! formats: all
//! requires: coopmat_f16_f32
// y = x · weightᵀ of many rows on matrix units. n: weight rows, k: weight columns. The device multiplies MATRIX_M
// tokens × MATRIX_K columns by MATRIX_K columns × MATRIX_N weight rows; a subgroup makes TOKEN_TILES × ROW_TILES such
// results, and a workgroup of TOKEN_SUBGROUPS × ROW_SUBGROUPS subgroups shares STEP columns of x and of the weight at a
// time. x comes from linear_pack.comp; the weight is rounded to float16 in shared memory; sums are float32. What a step needs
// is loaded into registers while the one before is multiplied.
// The order of additions of a result depends on the device's matrix alone: a row has the same bits alone and in company.
#version 460
#extension GL_GOOGLE_include_directive : require
#extension GL_KHR_cooperative_matrix : require
#extension GL_KHR_memory_scope_semantics : require
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_EXT_shader_explicit_arithmetic_types_float16 : require
#include "linear.h"
#include "step.glsl"
#include "half_quad.glsl"
#include "packed_rows.glsl"
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
layout(std430, set = 0, binding = FORMAT_BINDING + FORMAT_PLANES) readonly buffer X { uvec4 x[]; };
layout(std430, set = 0, binding = FORMAT_BINDING + FORMAT_PLANES + 1) writeonly buffer Y { float y[]; };

// The quads that one invocation decodes at once: 8 columns, or a group where that is more.
#if FORMAT_QUADS == 1
#define UNIT_GROUPS 2
#else
#define UNIT_GROUPS 1
#endif
#define UNIT_QUADS (UNIT_GROUPS * FORMAT_QUADS)

const uint TOKENS = MATRIX_M * TOKEN_TILES * TOKEN_SUBGROUPS;
const uint ROWS = MATRIX_N * ROW_TILES * ROW_SUBGROUPS;
const uint OCTETS = STEP / 8;
// One octet more than a row has, so that rows begin in different banks.
const uint STRIDE = OCTETS + 1;
const uint UNITS = STEP / (4 * UNIT_QUADS);
const uint RESULTS = MATRIX_M * MATRIX_N;
// What an invocation loads for a step.
const uint X_LOADS = (TOKENS * OCTETS + gl_WorkGroupSize.x - 1) / gl_WorkGroupSize.x;
const uint WEIGHT_LOADS = (ROWS * UNITS + gl_WorkGroupSize.x - 1) / gl_WorkGroupSize.x;

shared uvec4 x_tile[TOKENS * STRIDE];
shared uvec4 weight_tile[ROWS * STRIDE];
shared float scales[TOKENS];
shared float results[TOKEN_SUBGROUPS * ROW_SUBGROUPS * RESULTS];

uvec4 next_x[X_LOADS];
FORMAT_GROUP next_weights[WEIGHT_LOADS * UNIT_GROUPS];

// Tokens and weight rows that are not there repeat the last one; their results are not stored. What lies behind the last
// column is put right when it is staged: here nothing may look at what is on its way.
void load_step(uint first_row, uint tokens, uint first_n, uint column) {
  uint octets = packed_octets(params.k);
  for (uint j = 0; j < X_LOADS; j++) {
    uint i = j * gl_WorkGroupSize.x + gl_LocalInvocationIndex;
    uint octet = column / 8 + i % OCTETS;
    uint row = first_row + min(i / OCTETS, tokens - 1);
    next_x[j] = x[row * packed_stride(params.k) + min(octet, octets - 1)];
  }
  for (uint j = 0; j < WEIGHT_LOADS; j++) {
    uint i = j * gl_WorkGroupSize.x + gl_LocalInvocationIndex;
    uint n = min(first_n + i / UNITS, params.n - 1);
    uint first_group = (column / (4 * UNIT_QUADS) + i % UNITS) * UNIT_GROUPS;
    for (uint g = 0; g < UNIT_GROUPS; g++) {
      uint group = min(first_group + g, format_group_count(params.k) - 1);
      next_weights[j * UNIT_GROUPS + g] = row_group(n, group, params.k);
    }
  }
}

void stage_step(uint column) {
  for (uint j = 0; j < X_LOADS; j++) {
    uint i = j * gl_WorkGroupSize.x + gl_LocalInvocationIndex;
    if (TOKENS * OCTETS % gl_WorkGroupSize.x != 0 && i >= TOKENS * OCTETS) continue;
    bool is_inside = column / 8 + i % OCTETS < packed_octets(params.k);
    x_tile[i / OCTETS * STRIDE + i % OCTETS] = is_inside ? next_x[j] : uvec4(0);
  }
  for (uint j = 0; j < WEIGHT_LOADS; j++) {
    uint i = j * gl_WorkGroupSize.x + gl_LocalInvocationIndex;
    if (ROWS * UNITS % gl_WorkGroupSize.x != 0 && i >= ROWS * UNITS) continue;
    uint first_group = (column / (4 * UNIT_QUADS) + i % UNITS) * UNIT_GROUPS;
    uvec2 halves[UNIT_QUADS];
    for (uint q = 0; q < UNIT_QUADS; q++) {
      bool is_inside = first_group + q / FORMAT_QUADS < format_group_count(params.k);
      vec4 values = scaled_quad(next_weights[j * UNIT_GROUPS + q / FORMAT_QUADS], q % FORMAT_QUADS);
      halves[q] = half_quad(is_inside ? values : vec4(0));
    }
    uint start = i / UNITS * STRIDE + i % UNITS * (UNIT_QUADS / 2);
    for (uint q = 0; q < UNIT_QUADS; q += 2) weight_tile[start + q / 2] = uvec4(halves[q], halves[q + 1]);
  }
}

void main() {
  uint rows = step_row_count();
  uint first_row = gl_WorkGroupID.x * TOKENS;
  uint first_n = gl_WorkGroupID.y * ROWS;
  if (first_row >= rows) return;
  uint tokens = min(TOKENS, rows - first_row);
  for (uint t = gl_LocalInvocationIndex; t < tokens; t += gl_WorkGroupSize.x) {
    scales[t] = packed_scale(x[packed_scale_place(first_row + t, params.k)]);
  }

  uint own_token = gl_SubgroupID % TOKEN_SUBGROUPS * TOKEN_TILES * MATRIX_M;
  uint own_n = gl_SubgroupID / TOKEN_SUBGROUPS * ROW_TILES * MATRIX_N;
  coopmat<float, gl_ScopeSubgroup, MATRIX_M, MATRIX_N, gl_MatrixUseAccumulator> sums[TOKEN_TILES * ROW_TILES];
  for (uint i = 0; i < TOKEN_TILES * ROW_TILES; i++) {
    sums[i] = coopmat<float, gl_ScopeSubgroup, MATRIX_M, MATRIX_N, gl_MatrixUseAccumulator>(0.0);
  }
  load_step(first_row, tokens, first_n, 0);
  for (uint column = 0; column < params.k; column += STEP) {
    stage_step(column);
    barrier();
    if (column + STEP < params.k) load_step(first_row, tokens, first_n, column + STEP);
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

  // Which lane holds which element is the device's secret, so results go through shared memory that a subgroup has for itself.
  for (uint i = 0; i < TOKEN_TILES * ROW_TILES; i++) {
    uint start = gl_SubgroupID * RESULTS;
    coopMatStore(sums[i], results, start, MATRIX_N, gl_CooperativeMatrixLayoutRowMajor);
    controlBarrier(gl_ScopeSubgroup, gl_ScopeSubgroup, gl_StorageSemanticsShared, gl_SemanticsAcquireRelease);
    for (uint e = gl_SubgroupInvocationID; e < RESULTS; e += gl_SubgroupSize) {
      uint token = own_token + i % TOKEN_TILES * MATRIX_M + e / MATRIX_N;
      uint n = first_n + own_n + i / TOKEN_TILES * MATRIX_N + e % MATRIX_N;
      if (token >= tokens || n >= params.n) continue;
      y[(first_row + token) * row_stride(params.y_columns) + params.y_first + n] = results[start + e] * scales[token];
    }
    controlBarrier(gl_ScopeSubgroup, gl_ScopeSubgroup, gl_StorageSemanticsShared, gl_SemanticsAcquireRelease);
  }
}
