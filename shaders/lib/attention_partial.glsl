// What some positions give of a row's result, and how what the next ones give is added: the same bits in every kernel.
// Expects: params, an AttentionParams; step.glsl; QUADS, quarters of a head's dimensions.
// Provides: attention_scores.glsl; Partial, NOTHING, merged(earlier, later); first_span(position), span_count(position), the
// spans that a row at `position` sees; record_start(…), where the record of the `index`th of them begins in scratch, in vec4:
// a sum per quad of dimensions, then largest and total.
#include "attention_scores.glsl"
struct Partial {
  float largest;  // score
  float total;    // of the weights relative to it
  vec4 sum;       // of weighted values, four dimensions
};

const Partial NOTHING = Partial(-3.4e38, 0, vec4(0));

Partial merged(Partial earlier, Partial later) {
  float largest = max(earlier.largest, later.largest);
  precise float kept = exp(earlier.largest - largest);
  precise float added = exp(later.largest - largest);
  precise float total = fma(later.total, added, earlier.total * kept);
  precise vec4 sum = fma(later.sum, vec4(added), earlier.sum * kept);
  return Partial(largest, total, sum);
}

uint first_span(uint position) { return first_seen(position) / ATTENTION_SPAN; }
uint span_count(uint position) { return position / ATTENTION_SPAN - first_span(position) + 1; }

uint spans_of(uint positions) { return (positions + ATTENTION_SPAN - 1) / ATTENTION_SPAN; }
uint record_start(uint row, uint head, uint index) {
  uint capacity = spans_of(step.pages_per_sequence * PAGE_LENGTH);
  // A window that does not begin with a span reaches into one more.
  if (HAS_WINDOW) capacity = min(capacity, spans_of(params.window - 1) + 1);
  return ((row * params.heads + head) * capacity + index) * (QUADS + 1);
}
