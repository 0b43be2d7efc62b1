// Four numbers as float16, rounded to nearest.
// Expects: GL_EXT_shader_explicit_arithmetic_types_float16.
// Provides: half_quad(v).

// Not packHalf2x16, for which some drivers cut off instead of rounding.
uvec2 half_quad(vec4 v) { return uvec2(packFloat2x16(f16vec2(v.xy)), packFloat2x16(f16vec2(v.zw))); }
