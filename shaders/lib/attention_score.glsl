// What a row attends to, and what becomes of its sums. The last position that a row attends to is its own.
// Expects: params (AttentionParams).
// Provides: UNSEEN, first_seen(position), finished_score(sum), rescaling(from, to).
layout(constant_id = 6) const bool IS_WINDOWED = false;
layout(constant_id = 7) const bool IS_CAPPED = false;

// Below every score.
const float UNSEEN = -3.4e38;

// The first position that the row at `position` attends to.
uint first_seen(uint position) { return IS_WINDOWED && position >= params.window ? position - params.window + 1 : 0; }

// The score of a query and a key with this product: scaled, and where there is a cap, cap · tanh(score / cap).
float finished_score(float sum) {
  precise float score = sum * params.scale;
  if (!IS_CAPPED) return score;
  // tanh(x) = 1 - 2 / (exp(2x) + 1), which an infinite exp leaves right.
  precise float capped = params.soft_cap - 2 * params.soft_cap / (exp(2 / params.soft_cap * score) + 1);
  return capped;
}

// What turns weights relative to the maximum `from` into such relative to `to`.
float rescaling(float from, float to) {
  precise float difference = from - to;
  return exp(difference);
}
