//! op: embedding
//! formats: all
// hidden[row] = table[token of row]. One invocation decodes one group; y = row. A table may come in chunks of rows:
// rows whose token lies in another chunk are left alone.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "embedding.h"
#include "step.glsl"
#define FORMAT_BINDING 1
#include "format.glsl"
#include "format_scaling.glsl"

layout(local_size_x_id = 0) in;
layout(push_constant) uniform Push { EmbeddingParams params; };
layout(std430, set = 0, binding = FORMAT_BINDING + FORMAT_PLANES) writeonly buffer Hidden { vec4 hidden[]; };

void main() {
  uint row = gl_GlobalInvocationID.y;
  uint group = gl_GlobalInvocationID.x;
  if (row >= step.token_count || group >= format_group_count(params.columns)) return;
  uint token = step_words[step.tokens + row] - params.first_row;
  if (token >= params.row_count) return;
  FORMAT_GROUP packed = row_group(token, group, params.columns);
  uint quad = row * (row_stride(params.columns) / 4) + group * FORMAT_QUADS;
  for (uint i = 0; i < FORMAT_QUADS; i++) hidden[quad + i] = scaled_quad(packed, i);
}
