// Attention over one span of ATTENTION_SPAN positions, for a workgroup of as many invocations and a tile of GROUP heads × ROWS
// rows that share keys and values. Each subgroup has a block of as many positions as it has lanes. For products of queries
// and keys eight lanes share a position, each with every eighth octet of dimensions, so that loads are whole cache lines;
// for values a lane owns octets of dimensions of every CLASSES-th position.
// Order of arithmetic: a product adds its octets o, o + 8, … per lane, then the lanes as a tree; a block adds its values class
// by class, each in the order of positions; a span adds, class by class, its blocks in order, then its classes, all relative
// to the span's maximum. Whoever adds spans in order gives a row the same bits.
// Expects: step.glsl, attention_score.glsl, constants OCTETS, OWNED, GROUP, ROWS, LANES.
// Provides: queries, keys and values at bindings 1 to 3; TILE; to be filled per tile row_starts, see_nothing, see;
// attend_span, then span_maximum, span_total and, between stage_octets and a barrier, span_sum.
layout(std430, set = 0, binding = 1) readonly buffer Queries { vec4 queries[]; };
#define CACHE_BINDING 2
#include "cache_octets.glsl"

const uint TILE = GROUP * ROWS;
const uint CLASSES = OCTETS < LANES ? LANES / OCTETS : 1;
const uint BLOCKS = ATTENTION_SPAN / LANES;
const uint BATCH = 4;  // loads in flight

shared float weights[ATTENTION_SPAN * TILE];
shared float maxima[BLOCKS * TILE];
shared float totals[BLOCKS * TILE];
shared float octets[ATTENTION_SPAN * 8];

// Where each row's first query begins, in vec4, and the positions that it sees: none where first > last.
uint row_starts[ROWS];
uint firsts[ROWS];
uint lasts[ROWS];
// Those that some row of the tile sees.
uint tile_first;
uint tile_last;
// Of the lane's position, one per query.
float scores[TILE];
// Of the lane's octets, two per query and owned octet.
vec4 sums[TILE * OWNED * 2];

void see_nothing() {
  tile_first = ~0u;
  tile_last = 0;
  for (uint r = 0; r < ROWS; r++) {
    firsts[r] = ~0u;
    lasts[r] = 0;
  }
}

// Row r of the tile is at `position`.
void see(uint r, uint position) {
  firsts[r] = first_seen(position);
  lasts[r] = position;
  tile_first = min(tile_first, firsts[r]);
  tile_last = max(tile_last, position);
}

bool is_seen(uint row, uint position) { return position >= firsts[row] && position <= lasts[row]; }

// The position within the block whose scores the lane holds after block_scores.
uint lane_position() {
  uint lane = gl_SubgroupInvocationID;
  uint load = (lane & 4) | (lane & 1) << 1 | (lane >> 1 & 1);
  return load * (LANES / 8) + lane / 8;
}

float lanes_sum(float mine) {
  precise float sum = mine;
  for (uint mask = 1; mask < LANES; mask *= 2) sum += subgroupShuffleXor(sum, mask);
  return sum;
}

// Two sums over pairs of lanes at once: of `even` in lanes without `mask`, of `odd` in lanes with it.
float pair_sums(float even, float odd, uint mask) {
  bool is_odd = (gl_SubgroupInvocationID & mask) != 0;
  precise float sum = (is_odd ? odd : even) + subgroupShuffleXor(is_odd ? even : odd, mask);
  return sum;
}

float octet_product(Octet q, Octet k, float before) {
  precise float low = fma(q.low.w, k.low.w, fma(q.low.z, k.low.z, fma(q.low.y, k.low.y, fma(q.low.x, k.low.x, before))));
  precise float all =
      fma(q.high.w, k.high.w, fma(q.high.z, k.high.z, fma(q.high.y, k.high.y, fma(q.high.x, k.high.x, low))));
  return all;
}

// Fills `scores` with the products of the tile's queries and the block's keys, seen or not.
void block_scores(uint slot) {
  uint lane = gl_SubgroupInvocationID;
  [[dont_unroll]] for (uint part = 0; part < 2; part++) {
    uint start = slot + part * (LANES / 2) + lane / 8;
    precise float products[TILE * 4];
    for (uint i = 0; i < TILE * 4; i++) products[i] = 0;
    [[dont_unroll]] for (uint base = 0; base < OCTETS; base += 8) {
      uint octet = base + lane % 8;
      Octet k[4];
      for (uint i = 0; i < 4; i++) {
        k[i] = Octet(vec4(0), vec4(0));
        if (OCTETS % 8 == 0 || octet < OCTETS) k[i] = cache_key_octet((start + i * (LANES / 8)) * OCTETS + octet);
      }
      for (uint t = 0; t < TILE; t++) {
        uint quad = row_starts[t / GROUP] + (t % GROUP * OCTETS + min(octet, OCTETS - 1)) * 2;
        Octet q = Octet(queries[quad], queries[quad + 1]);
        for (uint i = 0; i < 4; i++) products[t * 4 + i] = octet_product(q, k[i], products[t * 4 + i]);
      }
    }
    for (uint t = 0; t < TILE; t++) {
      float left = pair_sums(products[t * 4], products[t * 4 + 2], 1);
      float right = pair_sums(products[t * 4 + 1], products[t * 4 + 3], 1);
      float half_sum = pair_sums(left, right, 2);
      float sum = pair_sums(half_sum, half_sum, 4);
      scores[t] = (lane & 4) == part * 4 ? sum : scores[t];
    }
  }
}

uint owned_octet(uint o) {
  return OCTETS < LANES ? gl_SubgroupInvocationID % OCTETS : min(o * LANES + gl_SubgroupInvocationID, OCTETS - 1);
}

// How many octets all lanes of a class own together as their o-th.
uint owned_octets(uint o) { return min(OCTETS - o * LANES, LANES); }

// Adds the block's values to `sums`, each by its weight. Values that a row does not see may be no numbers.
void add_values(uint slot, uint base) {
  uint start = gl_SubgroupID * LANES * TILE;
  bool is_whole = true;  // for all rows
  for (uint r = 0; r < ROWS; r++) is_whole = is_whole && firsts[r] <= base && base + LANES - 1 <= lasts[r];
  uint own_class = OCTETS < LANES ? gl_SubgroupInvocationID / OCTETS : 0;
  [[dont_unroll]] for (uint first = 0; first < LANES; first += BATCH * CLASSES) {
    Octet v[BATCH * OWNED];
    for (uint i = 0; i < BATCH * OWNED; i++) {
      uint position = min(first + i / OWNED * CLASSES + own_class, LANES - 1);
      v[i] = cache_value_octet((slot + position) * OCTETS + owned_octet(i % OWNED));
    }
    for (uint i = 0; i < BATCH * OWNED; i++) {
      uint position = first + i / OWNED * CLASSES + own_class;
      bool exists = LANES % (BATCH * CLASSES) == 0 || position < LANES;
      for (uint t = 0; t < TILE; t++) {
        float weight = weights[start + min(position, LANES - 1) * TILE + t];
        if (exists && (is_whole || is_seen(t / GROUP, base + position))) {
          uint sum = (t * OWNED + i % OWNED) * 2;
          sums[sum] = fma(vec4(weight), v[i].low, sums[sum]);
          sums[sum + 1] = fma(vec4(weight), v[i].high, sums[sum + 1]);
        }
      }
    }
  }
}

float span_maximum(uint t) {
  float largest = maxima[t];
  for (uint b = 1; b < BLOCKS; b++) largest = max(largest, maxima[b * TILE + t]);
  return largest;
}

float span_total(uint t) {
  precise float total = 0;
  for (uint b = 0; b < BLOCKS; b++) total += totals[b * TILE + t];
  return total;
}

// Turns the scores of all blocks into weights, and adds those of each.
void weigh(uint base) {
  uint lane = gl_SubgroupInvocationID;
  for (uint t = 0; t < TILE; t++) {
    float largest = subgroupMax(scores[t]);
    if (lane == 0) maxima[gl_SubgroupID * TILE + t] = largest;
  }
  barrier();
  uint place = lane_position();
  for (uint t = 0; t < TILE; t++) {
    float weight = is_seen(t / GROUP, base + place) ? rescaling(scores[t], span_maximum(t)) : 0;
    weights[(gl_SubgroupID * LANES + place) * TILE + t] = weight;
    float total = lanes_sum(weight);
    if (lane == 0) totals[gl_SubgroupID * TILE + t] = total;
  }
  subgroupBarrier();
}

// Fills `sums` of every subgroup from the span, which lies in the sequence of step row `row`.
void attend_span(uint row, uint span, uint cache_head) {
  uint base = span * ATTENTION_SPAN + gl_SubgroupID * LANES;
  bool has_seen = base <= tile_last && base + LANES > tile_first;
  uint slot = 0;
  for (uint t = 0; t < TILE; t++) scores[t] = 0;
  if (has_seen) {
    slot = (step_page(row, base) * params.key_value_heads + cache_head) * PAGE_LENGTH + base % PAGE_LENGTH;
    block_scores(slot);
  }
  for (uint t = 0; t < TILE; t++) {
    scores[t] = is_seen(t / GROUP, base + lane_position()) ? finished_score(scores[t]) : UNSEEN;
  }
  weigh(base);
  for (uint i = 0; i < TILE * OWNED * 2; i++) sums[i] = vec4(0);
  if (has_seen) add_values(slot, base);
}

// Shows the o-th octets of every lane for query t to the workgroup; the next call comes after a barrier.
void stage_octets(uint t, uint o) {
  uint own = (gl_SubgroupID * LANES + gl_SubgroupInvocationID) * 8;
  for (uint i = 0; i < 8; i++) octets[own + i] = sums[(t * OWNED + o) * 2 + i / 4][i % 4];
  barrier();
}

// The span's sum for dimension i of the owned_octets(o) · 8 that are staged.
float span_sum(uint i) {
  precise float all = 0;
  for (uint c = 0; c < CLASSES; c++) {
    precise float own_class = 0;
    for (uint b = 0; b < BLOCKS; b++) own_class += octets[(b * LANES + c * OCTETS) * 8 + i];
    all += own_class;
  }
  return all;
}
