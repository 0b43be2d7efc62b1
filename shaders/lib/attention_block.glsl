// One block of attention: as many positions as a subgroup has lanes, for a tile of GROUP heads × ROWS rows that share keys and
// values. For products of queries and keys eight lanes share a position, each with every eighth octet of dimensions, so that
// loads are whole cache lines; for values a lane owns octets of dimensions of every CLASSES-th position.
// Order of arithmetic: a product adds its octets o, o + 8, … per lane, then the lanes as a tree; a block adds its values class
// by class, each in the order of positions; a span of ATTENTION_SPAN positions adds its blocks in order, then its classes, all
// relative to the span's maximum. Whoever adds spans in order gives a row the same bits.
// Expects: step.glsl, attention_score.glsl, shared float weights[], constants OCTETS, OWNED, GROUP, ROWS, LANES.
// Provides: queries, keys and values at bindings 1 to 3, TILE, CLASSES; per tile row_starts, firsts, lasts; scores, sums;
// block_slot, block_scores, is_seen, lane_position, lanes_sum, add_values, owned_octets.
layout(std430, set = 0, binding = 1) readonly buffer Queries { vec4 queries[]; };
#define CACHE_BINDING 2
#include "cache_octets.glsl"

const uint TILE = GROUP * ROWS;
const uint CLASSES = OCTETS < LANES ? LANES / OCTETS : 1;
const uint BATCH = 4;  // loads in flight

// Where each row's first query begins, in vec4, and the positions that it sees: none where first > last.
uint row_starts[ROWS];
uint firsts[ROWS];
uint lasts[ROWS];
// Of the lane's position, one per query.
float scores[TILE];
// Of the lane's octets, two per query and owned octet.
vec4 sums[TILE * OWNED * 2];

bool is_seen(uint row, uint position) { return position >= firsts[row] && position <= lasts[row]; }

// The place in the cache of the block that begins at position `base` of the sequence of step row `row`.
uint block_slot(uint row, uint base, uint cache_head) {
  return (step_page(row, base) * params.key_value_heads + cache_head) * PAGE_LENGTH + base % PAGE_LENGTH;
}

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
  for (uint part = 0; part < 2; part++) {
    uint start = slot + part * (LANES / 2) + lane / 8;
    precise float products[TILE * 4];
    for (uint i = 0; i < TILE * 4; i++) products[i] = 0;
    for (uint base = 0; base < OCTETS; base += 8) {
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

// Adds the block's values to `sums`, each by its weight in weights[start + position · TILE + query].
// Values that a row does not see may be no numbers; where each row sees the whole block, nobody asks.
void add_values(uint slot, uint base, uint start, bool is_whole) {
  uint own_class = OCTETS < LANES ? gl_SubgroupInvocationID / OCTETS : 0;
  for (uint first = 0; first < LANES; first += BATCH * CLASSES) {
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
