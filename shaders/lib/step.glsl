// The step buffer at binding 0, and how rows of activations lie.
// Expects: nothing; a kernel that writes to the step defines STEP_WRITABLE first.
// Provides: step (header), step_words, step_row_count(), step_page(), row_stride().
// Rows of every activation start at a multiple of 8 floats, so that kernels read whole vec4; the padding is undefined.
#include "step.h"

layout(constant_id = 1) const bool ROWS_ARE_OUTPUTS = false;

#ifdef STEP_WRITABLE
layout(std430, set = 0, binding = 0) buffer StepBuffer {  // read-write: the sampled id is fed back into the step
#else
layout(std430, set = 0, binding = 0) readonly buffer StepBuffer {
#endif
  StepHeader step;
  uint step_words[];
};

uint step_row_count() { return ROWS_ARE_OUTPUTS ? step.output_count : step.token_count; }

// The page of the key-value pool that holds `position` of the sequence of `row`.
uint step_page(uint row, uint position) {
  uint sequence = step_words[step.sequences + row];
  return step_words[step.page_tables + sequence * step.pages_per_sequence + position / PAGE_LENGTH];
}

uint row_stride(uint columns) { return (columns + 7) & ~7u; }
