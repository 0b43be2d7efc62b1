// Which positions a row attends to, and what becomes of their scores: the same bits in every kernel.
// Expects: params, an AttentionParams.
// Provides: first_seen(last), the first position that a row at `last` attends to; capped(score).
layout(constant_id = 8) const bool HAS_WINDOW = false;
layout(constant_id = 9) const bool HAS_SOFT_CAP = false;

uint first_seen(uint last) { return HAS_WINDOW ? last - min(last, params.window - 1) : 0; }

// softCap · tanh(score / softCap). Where exp is infinite nothing is taken from the cap.
float capped(float score) {
  if (!HAS_SOFT_CAP) return score;
  precise float raised = exp(2 * abs(score) / params.soft_cap);
  precise float size = params.soft_cap - 2 * params.soft_cap / (raised + 1);
  return score < 0 ? -size : size;
}
