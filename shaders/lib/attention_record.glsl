// What one span of positions adds to a head of a row, between attention_split.comp and attention_merge.comp: weighted values
// of all dimensions, then the span's maximum and the total of its weights.
// Expects: step.glsl, attention_score.glsl, constant OCTETS.
// Provides: RECORD (floats), record_start(row, head, span), for spans counted from the row's first.
const uint RECORD = OCTETS * 8 + 8;

// Spans that a row can see parts of.
uint span_capacity() {
  uint all = (step.pages_per_sequence * PAGE_LENGTH + ATTENTION_SPAN - 1) / ATTENTION_SPAN;
  return IS_WINDOWED ? min(all, (params.window + ATTENTION_SPAN - 2) / ATTENTION_SPAN + 1) : all;
}

uint record_start(uint row, uint head, uint span) {
  return ((row * params.heads + head) * span_capacity() + span) * RECORD;
}
