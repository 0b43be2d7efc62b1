//! op: probe
//! requires: float16
// As probe_flops, with half-precision numbers.
#version 460
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_shader_explicit_arithmetic_types_float16 : require
#include "probe.h"
#define NUMBER float16_t
#define VECTOR f16vec4
#include "probe_flops.glsl"
