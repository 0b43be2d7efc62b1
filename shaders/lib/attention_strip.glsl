// A strip of MATRIX_M queries, a subgroup's own: its memory, and its scores of a block of positions turned into weights.
// LANES / MATRIX_M lanes own a query and hold what is to know of it.
// Expects: MATRIX_M, MATRIX_N, KEYS, positions of a block, LANES, SUBGROUPS; attention_scores.glsl; half_quad.glsl;
// GL_KHR_memory_scope_semantics; GL_KHR_shader_subgroup_shuffle.
// Provides: strips, shared memory in units of 16 bytes, STRIP_STRIDE for each query; strip_start(), owned_start(), where the
// strip and the lane's query begin; settle_strip(), between writes and reads of a strip; OWNERS, lanes of a query; owner(), the
// lane among them; max_of_owners(v); Reach, NOWHERE, the positions that a query sees; NO_SCORE; weigh_block(…); KEPT, where it
// leaves what earlier sums are kept times.
const uint OWNERS = LANES / MATRIX_M;
const uint OWN_QUADS = KEYS / OWNERS / 4;  // of scores
const uint KEPT = KEYS / 8;                // behind the weights
// 16 bytes more than scores, or weights and what is kept, need, so that queries begin in different banks.
const uint STRIP_STRIDE = (KEYS > KEYS / 2 + MATRIX_N ? KEYS : KEYS / 2 + MATRIX_N) / 4 + 1;
const float NO_SCORE = -3.4e38;
// Of weights, the largest of which are 1: so small ones are still normal numbers in float16.
const float WEIGHT_SCALE = 32768;

struct Reach {
  uint first;
  uint last;
};
const Reach NOWHERE = Reach(~0u, ~0u);
bool sees(Reach reach, uint position) { return position >= reach.first && position <= reach.last; }

shared uvec4 strips[SUBGROUPS * MATRIX_M * STRIP_STRIDE];

uint strip_start() { return gl_SubgroupID * MATRIX_M * STRIP_STRIDE; }
uint owned_start() { return strip_start() + gl_SubgroupInvocationID / OWNERS * STRIP_STRIDE; }
uint owner() { return gl_SubgroupInvocationID % OWNERS; }
void settle_strip() {
  controlBarrier(gl_ScopeSubgroup, gl_ScopeSubgroup, gl_StorageSemanticsShared, gl_SemanticsAcquireRelease);
}

float max_of_owners(float v) {
  for (uint d = 1; d < OWNERS; d *= 2) v = max(v, subgroupShuffleXor(v, d));
  return v;
}
float sum_of_owners(precise float v) {
  for (uint d = 1; d < OWNERS; d *= 2) v += subgroupShuffleXor(v, d);
  return v;
}

// Puts the lane's share of weights, times WEIGHT_SCALE and in float16, in place of the scores of the block from `start` on,
// relative to the largest score so far, and behind them what earlier sums are to be kept times, which is returned: 1 where
// the query sees nothing of the block, and then all weights are 0.
float weigh_block(
    uint start, Reach reach, float score_scale, inout precise float largest, inout precise float total) {
  start += 4 * owner() * OWN_QUADS;
  precise vec4 scores[OWN_QUADS];
  float top = NO_SCORE;
  for (uint q = 0; q < OWN_QUADS; q++) {
    scores[q] = uintBitsToFloat(strips[owned_start() + owner() * OWN_QUADS + q]) * score_scale;
    for (uint i = 0; i < 4; i++) {
      // Of positions that are not seen keys hold anything, NaN included: scores are replaced, not multiplied away.
      scores[q][i] = sees(reach, start + 4 * q + i) ? capped(scores[q][i]) : NO_SCORE;
      top = max(top, scores[q][i]);
    }
  }
  settle_strip();
  precise float next = max(largest, max_of_owners(top));
  precise float kept = next == largest ? 1 : exp(largest - next);
  precise float added = 0;
  for (uint q = 0; q < OWN_QUADS; q += 2) {
    uvec2 halves[2];
    for (uint j = 0; j < 2; j++) {
      precise vec4 weights = exp(scores[q + j] - next) * WEIGHT_SCALE;
      for (uint i = 0; i < 4; i++) weights[i] = sees(reach, start + 4 * (q + j) + i) ? weights[i] : 0;
      halves[j] = half_quad(weights);
      // As rounded, so that all shares together are 1.
      precise vec2 pairs = unpackHalf2x16(halves[j].x) + unpackHalf2x16(halves[j].y);
      added += pairs.x + pairs.y;
    }
    strips[owned_start() + (owner() * OWN_QUADS + q) / 2] = uvec4(halves[0], halves[1]);
  }
  for (uint q = owner(); q < MATRIX_N / 4; q += OWNERS) strips[owned_start() + KEPT + q] = uvec4(floatBitsToUint(kept));
  largest = next;
  total = fma(total, kept, sum_of_owners(added));
  return kept;
}
