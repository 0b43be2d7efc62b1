// The norm of a row, for rms_norm alone and fused: the same bits from both, with any number of subgroups.
// Expects: x_quad(i), four of the activations; GL_KHR_shader_subgroup_arithmetic.
// Provides: RMS_PARTS; rms_part(…), the squares of every RMS_PARTS-th piece of a row, as long as a subgroup; rms_scale(parts, …);
// normalised(quad, scale, weight).
const uint RMS_PARTS = 8;

float rms_part(uint start, uint columns, uint part) {
  uint quads = (columns + 3) / 4;
  float sum = 0;
  for (uint i = part * gl_SubgroupSize + gl_SubgroupInvocationID; i < quads; i += RMS_PARTS * gl_SubgroupSize) {
    vec4 w = x_quad(start + i);
    uint left = columns - 4 * i;
    if (left < 4) w = mix(vec4(0), w, lessThan(uvec4(0, 1, 2, 3), uvec4(left)));
    precise vec4 squares = w * w;
    precise float total = sum + ((squares.x + squares.y) + (squares.z + squares.w));
    sum = total;
  }
  return subgroupAdd(sum);
}

float rms_scale(float parts[RMS_PARTS], uint columns, float epsilon) {
  precise float sum = 0;
  for (uint part = 0; part < RMS_PARTS; part++) sum += parts[part];
  precise float scale = 1 / sqrt(sum / float(columns) + epsilon);
  return scale;
}

vec4 normalised(vec4 quad, float scale, vec4 weight) {
  precise vec4 result = quad * scale * weight;
  return result;
}
