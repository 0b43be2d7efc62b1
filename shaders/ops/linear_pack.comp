//! op: linear
//! requires: float16 subgroup_arithmetic
// Rows of x for matrix units, a workgroup each: float16, scaled by the power of two that brings a row's largest value between
// 2^14 and 2^15, so that nothing overflows and little is lost, with what takes the scale back. Layout: lib/packed_rows.glsl.
#version 460
#extension GL_GOOGLE_include_directive : require
#extension GL_KHR_shader_subgroup_arithmetic : require
#extension GL_EXT_shader_explicit_arithmetic_types_float16 : require
#include "columns.h"
#include "step.glsl"
#include "half_quad.glsl"
#include "packed_rows.glsl"

layout(local_size_x_id = 0) in;
layout(constant_id = 2) const uint SUBGROUPS = 1;
layout(push_constant) uniform Push { ColumnsParams params; };
layout(std430, set = 0, binding = 1) readonly buffer X { vec4 x[]; };
layout(std430, set = 0, binding = 2) writeonly buffer Packed { uvec4 packed[]; };

shared float tops[SUBGROUPS];

// Columns past the row's last are padding, undefined in x and 0 for matrix units.
vec4 load(uint row, uint quad) {
  uint left = params.columns - min(params.columns, 4 * quad);
  vec4 v = x[row * (row_stride(params.columns) / 4) + quad];
  return left >= 4 ? v : mix(vec4(0), v, lessThan(uvec4(0, 1, 2, 3), uvec4(left)));
}

// Of the largest magnitude, biased as in the bits of a float, and no less than the scale and its inverse can bear.
uint row_exponent(uint row, uint octets) {
  vec4 largest = vec4(0);
  for (uint i = gl_LocalInvocationIndex; i < octets; i += gl_WorkGroupSize.x) {
    largest = max(largest, max(abs(load(row, 2 * i)), abs(load(row, 2 * i + 1))));
  }
  float top = subgroupMax(max(max(largest.x, largest.y), max(largest.z, largest.w)));
  if (SUBGROUPS > 1) {
    if (subgroupElect()) tops[gl_SubgroupID] = top;
    barrier();
    for (uint s = 0; s < SUBGROUPS; s++) top = max(top, tops[s]);
  }
  return max(floatBitsToUint(top) >> 23, 27u);
}

void main() {
  uint row = gl_WorkGroupID.x;
  if (row >= step_row_count()) return;
  uint octets = packed_octets(params.columns);
  uint exponent = row_exponent(row, octets);
  float scale = uintBitsToFloat((268 - exponent) << 23);
  uint start = row * packed_stride(params.columns);
  for (uint i = gl_LocalInvocationIndex; i < octets; i += gl_WorkGroupSize.x) {
    packed[start + i] = uvec4(half_quad(scale * load(row, 2 * i)), half_quad(scale * load(row, 2 * i + 1)));
  }
  if (gl_LocalInvocationIndex == 0) packed[start + octets] = uvec4((exponent - 14) << 23, 0, 0, 0);
}
