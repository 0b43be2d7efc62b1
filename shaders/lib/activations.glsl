// Functions between matrix products, for kernels alone and fused: the same bits from both.
// Expects: nothing.
// Provides: swiglu(gate, up); rotated(pair, cosine, sine), the two numbers of a pair after the turn.
float swiglu(float gate, float up) {
  precise float result = gate / (1 + exp(-gate)) * up;
  return result;
}

vec2 rotated(vec2 pair, float cosine, float sine) {
  precise vec2 result = vec2(pair.x * cosine - pair.y * sine, pair.y * cosine + pair.x * sine);
  return result;
}
