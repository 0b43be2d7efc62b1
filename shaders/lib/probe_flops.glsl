// The body of the probes of arithmetic.
// Expects: NUMBER and VECTOR, a type and its vector of 4; probe.h.
// Provides: main().
layout(local_size_x_id = 0) in;
layout(push_constant) uniform Push { ProbeParams params; };
layout(std430, set = 0, binding = 0) readonly buffer Source { uint source[]; };
layout(std430, set = 0, binding = 1) writeonly buffer Result { uint result[]; };

void main() {
  // From memory, so that no compiler knows the numbers.
  NUMBER factor = NUMBER(float(source[0]) + 0.5);
  NUMBER step = NUMBER(float(source[1]) + 0.25);
  VECTOR chains[8];
  for (uint j = 0; j < 8; j++) chains[j] = VECTOR(NUMBER(float(j + gl_LocalInvocationID.x)));
  for (uint i = 0; i < params.iterations; i++) {
    for (uint j = 0; j < 8; j++) chains[j] = fma(chains[j], VECTOR(factor), VECTOR(step));
  }
  VECTOR sum = chains[0];
  for (uint j = 1; j < 8; j++) sum += chains[j];
  if (float(sum.x + sum.y + sum.z + sum.w) == -1.0) result[0] = 1;
}
