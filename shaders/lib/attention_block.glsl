// What a span of positions gives for the queries of ROWS rows that follow one another, GROUP heads each, which share keys
// and values: the same bits in every kernel. A subgroup takes a block of the span; for the scores a lane is a position, for
// the sum of values it owns quads of dimensions. Then blocks are added in order.
// Expects: OCTETS, QUADS, LANES, GROUP, ROWS; params, an AttentionParams; queries, a buffer of vec4; step.glsl;
// attention_partial.glsl; cache_octets.glsl.
// Provides: VECTORS, queries of a workgroup; Reach, NOWHERE, row_reach(row), the positions that a row sees; attend_block(…),
// which leaves in shared memory what a subgroup's block of a span gives; span_partial(…), what all its blocks give.
struct Reach {
  uint first;
  uint last;  // before `first`: none
};

const uint VECTORS = ROWS * GROUP;
const Reach NOWHERE = Reach(~0u, 0);
const uint BLOCKS = ATTENTION_SPAN / LANES;
const uint OWNED = (QUADS + LANES - 1) / LANES;
const uint AHEAD = OCTETS % 4 == 0 && VECTORS < 8 ? 4 : OCTETS % 2 == 0 ? 2 : 1;  // octets of keys that are under way at once
const uint BATCH = OWNED < 8 ? 8 / OWNED : 1;  // positions whose values are under way at once

shared float block_largest[BLOCKS * VECTORS];
shared float block_totals[BLOCKS * VECTORS];
shared vec4 block_sums[BLOCKS * VECTORS * QUADS];

Reach row_reach(uint row) {
  uint last = step_words[step.positions + row];
  return Reach(first_seen(last), last);
}
bool sees(Reach reach, uint position) { return position >= reach.first && position <= reach.last; }

// Scores of the positions from `slot` on, one for each lane.
void find_scores(uint slot, uint first_row, uint first_head, out precise float scores[VECTORS]) {
  precise vec4 parts[VECTORS];
  for (uint v = 0; v < VECTORS; v++) parts[v] = vec4(0);
  [[dont_unroll]] for (uint o = 0; o < OCTETS; o += AHEAD) {
    Octet k[AHEAD];
    for (uint i = 0; i < AHEAD; i++) k[i] = cache_key_octet((slot + gl_SubgroupInvocationID) * OCTETS + o + i);
    for (uint v = 0; v < VECTORS; v++) {
      uint row = min(first_row + v / GROUP, step.token_count - 1);
      uint quad = row * (row_stride(params.heads * QUADS * 4) / 4) + (first_head + v % GROUP) * QUADS + 2 * o;
      for (uint i = 0; i < AHEAD; i++) {
        parts[v] = fma(queries[quad + 2 * i + 1], k[i].high, fma(queries[quad + 2 * i], k[i].low, parts[v]));
      }
    }
  }
  for (uint v = 0; v < VECTORS; v++) {
    scores[v] = capped(((parts[v].x + parts[v].y) + (parts[v].z + parts[v].w)) * params.scale);
  }
}

// The subgroup's block of the span from `start` on. Rows see `reaches`; some row sees each position of `some` and all rows
// that see any see those of `whole`; `page_row` is a row of their sequence.
void attend_block(
    uint start, uint page_row, uint first_row, uint first_head, Reach reaches[ROWS], Reach some, Reach whole) {
  uint base = start + gl_SubgroupID * LANES;
  if (base > some.last || base + LANES <= some.first) return;
  uint lane = gl_SubgroupInvocationID;
  uint own = gl_SubgroupID * VECTORS;
  uint cache_head = first_head / (params.heads / params.key_value_heads);
  uint slot = (step_page(page_row, base) * params.key_value_heads + cache_head) * PAGE_LENGTH + base % PAGE_LENGTH;

  precise float weights[VECTORS];
  find_scores(slot, first_row, first_head, weights);
  for (uint v = 0; v < VECTORS; v++) {
    // Slots that a row does not see hold anything, NaN included: they are replaced, not multiplied away.
    precise float score = sees(reaches[v / GROUP], base + lane) ? weights[v] : NOTHING.largest;
    float largest = subgroupMax(score);
    weights[v] = exp(score - largest);
    float total = subgroupAdd(weights[v]);
    if (lane == 0) {
      block_largest[own + v] = largest;
      block_totals[own + v] = total;
    }
  }

  precise vec4 sums[VECTORS][OWNED];
  for (uint v = 0; v < VECTORS; v++) {
    for (uint o = 0; o < OWNED; o++) sums[v][o] = vec4(0);
  }
  uint begin = max(some.first, base) - base;
  uint end = min(LANES, some.last - base + 1);
  [[dont_unroll]] for (uint j = begin / BATCH * BATCH; j < end; j += BATCH) {
    if (ROWS == 1 || base + j >= whole.first && base + j + BATCH <= whole.last + 1) {
      // In place of positions before the first and behind the last these come again, with a weight of 0.
      vec4 found[BATCH][OWNED];
      for (uint b = 0; b < BATCH; b++) {
        uint quads = (slot + clamp(j + b, begin, end - 1)) * QUADS;
        for (uint o = 0; o < OWNED; o++) found[b][o] = cache_value_quad(quads + min(o * LANES + lane, QUADS - 1));
      }
      for (uint b = 0; b < BATCH; b++) {
        for (uint v = 0; v < VECTORS; v++) {
          vec4 weight = vec4(subgroupBroadcast(weights[v], j + b));
          for (uint o = 0; o < OWNED; o++) sums[v][o] = fma(weight, found[b][o], sums[v][o]);
        }
      }
    } else {
      [[dont_unroll]] for (uint p = max(begin, j); p < min(end, j + BATCH); p++) {
        vec4 found[OWNED];
        for (uint o = 0; o < OWNED; o++) {
          found[o] = cache_value_quad((slot + p) * QUADS + min(o * LANES + lane, QUADS - 1));
        }
        for (uint v = 0; v < VECTORS; v++) {
          if (!sees(reaches[v / GROUP], base + p)) continue;
          vec4 weight = vec4(subgroupBroadcast(weights[v], p));
          for (uint o = 0; o < OWNED; o++) sums[v][o] = fma(weight, found[o], sums[v][o]);
        }
      }
    }
  }
  for (uint v = 0; v < VECTORS; v++) {
    for (uint o = 0; o < OWNED; o++) {
      uint quad = o * LANES + lane;
      if (quad < QUADS) block_sums[(own + v) * QUADS + quad] = sums[v][o];
    }
  }
}

// What the span from `start` on, of which `reach` sees some, gives of quad `i` of VECTORS · QUADS.
Partial span_partial(uint start, uint i, Reach reach) {
  uint blocks = min(BLOCKS, (reach.last - start) / LANES + 1);
  Partial found = NOTHING;
  [[dont_unroll]] for (uint b = (max(reach.first, start) - start) / LANES; b < blocks; b++) {
    uint block = b * VECTORS + i / QUADS;
    found = merged(found, Partial(block_largest[block], block_totals[block], block_sums[b * VECTORS * QUADS + i]));
  }
  return found;
}
