//! op: probe
// Multiplies and adds in 8 chains of 4 numbers: the rate of arithmetic alone. One round is 64 FLOP per invocation.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "probe.h"
#define NUMBER float
#define VECTOR vec4
#include "probe_flops.glsl"
