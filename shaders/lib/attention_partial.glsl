// What some positions give of a row's result, and how what the next ones give is added: the same bits in every kernel.
// Expects: params, an AttentionParams; step.glsl; OCTETS, eighths of a head's dimensions.
// Provides: Partial, NOTHING, merged(earlier, later); span_count(position), the spans that a row at `position` sees;
// record_start(…), where a span's record begins in scratch: a sum per dimension, then RECORD_LARGEST, RECORD_TOTAL.
const uint RECORD_LARGEST = OCTETS * 8;
const uint RECORD_TOTAL = OCTETS * 8 + 1;
const uint RECORD_LENGTH = OCTETS * 8 + 8;

struct Partial {
  float largest;  // score
  float total;    // of the weights relative to it
  float sum;      // of weighted values, one dimension
};

const Partial NOTHING = Partial(-3.4e38, 0, 0);

Partial merged(Partial earlier, Partial later) {
  float largest = max(earlier.largest, later.largest);
  precise float kept = exp(earlier.largest - largest);
  precise float added = exp(later.largest - largest);
  precise float total = fma(later.total, added, earlier.total * kept);
  precise float sum = fma(later.sum, added, earlier.sum * kept);
  return Partial(largest, total, sum);
}

uint span_count(uint position) { return position / ATTENTION_SPAN + 1; }

uint record_start(uint row, uint head, uint span) {
  uint capacity = (step.pages_per_sequence * PAGE_LENGTH + ATTENTION_SPAN - 1) / ATTENTION_SPAN;
  return ((row * params.heads + head) * capacity + span) * RECORD_LENGTH;
}
