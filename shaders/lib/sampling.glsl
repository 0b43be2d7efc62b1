// The arithmetic of sampling, see SamplingRule.swift; sums of weights are 64 bits wide: low word, high word.
// Expects: step.glsl; subgroup arithmetic.
// Provides: FARTHEST, load_sampling(), adjusted_logit(), logit_distance(), distance_weight(), random_word(), wide_add(),
// wide_below(), wide_subtract(), wide_part(), wide_subgroup_sum(), RESULT_COLUMNS.

const uint FARTHEST = 32u << 24;
// The id, then its log-probabilities.
const uint RESULT_COLUMNS = 1 + LOG_WORDS;
const float LARGEST_FLOAT = 3.40282347e38;

SamplingParams load_sampling(uint sequence) {
  uint start = step.sampling + sequence * SAMPLING_WORDS;
  return SamplingParams(
    uintBitsToFloat(step_words[start]), step_words[start + 1], step_words[start + 2], step_words[start + 3],
    uintBitsToFloat(step_words[start + 4]), uintBitsToFloat(step_words[start + 5]),
    uintBitsToFloat(step_words[start + 6]), uintBitsToFloat(step_words[start + 7]), step_words[start + 8],
    step_words[start + 9], step_words[start + 10], step_words[start + 11]);
}

float penalised_logit(float logit, SamplingParams sampling) {
  return min(logit * (logit > 0 ? sampling.inverse_penalty : sampling.penalty), LARGEST_FLOAT);
}

// What is added to the logit of `id` before all else.
float logit_bias(uint id, uint sequence) {
  uint table = step.biases + sequence * (2 * BIAS_SLOTS);
  uint slot = id * uint(BIAS_MULTIPLIER) >> BIAS_SHIFT;
  for (uint i = 0; i < BIAS_SLOTS; i++) {
    uint key = step_words[table + 2 * slot];
    if (key == id) return uintBitsToFloat(step_words[table + 2 * slot + 1]);
    if (key == 0xffffffffu) break;
    slot = (slot + 1) % BIAS_SLOTS;
  }
  return 0;
}

// The logit by which `id` is ranked: with its bias, then the repetition penalty, then presence and frequency. No product may
// merge with a sum: the host rounds each.
float adjusted_logit(uint id, float logit, uint sequence, SamplingParams sampling) {
  if (sampling.adjustments == 0) return logit;
  precise float adjusted = logit;
  if ((sampling.adjustments & ADJUSTS_BIASED) != 0) adjusted += logit_bias(id, sequence);
  if ((sampling.adjustments & ADJUSTS_SEEN) != 0) {
    uint word = step_words[step.seen + sequence * step.seen_stride + id / 32];
    if ((word >> (id % 32) & 1) != 0) adjusted = penalised_logit(adjusted, sampling);
  }
  if ((sampling.adjustments & ADJUSTS_CHOSEN) != 0) {
    uint word = step_words[step.counts + sequence * step.counts_stride + id / 2];
    uint count = word >> (id % 2 * 16) & 0xffffu;
    precise float growing = sampling.frequency * float(count);
    precise float taken = growing + sampling.presence;
    if (count != 0) adjusted -= taken;
  }
  return adjusted;
}

uint logit_distance(float logit, float largest, float scale) {
  precise float steps = (largest - logit) * scale;
  return uint(min(steps, float(FARTHEST)));
}

// 2^31 at distance 0, halved every 2^24 steps. No product may merge with a sum: the host rounds each.
uint distance_weight(uint distance) {
  float x = float(distance & 0xffffffu) * 5.9604644775390625e-8;
  precise float power = 0.000109328924;
  power = power * x - 0.00127554014;
  power = power * x + 0.00957985997;
  power = power * x - 0.0554909321;
  power = power * x + 0.240224331;
  power = power * x - 0.693147045;
  power = power * x + 1.0;
  return uint(power * 2147483648.0) >> (distance >> 24);
}

// The first word of Philox4x32-10 (Salmon, Moraes, Dror, Shaw 2011), whose counter is the position.
uint random_word(uint position, uint seed_low, uint seed_high) {
  uvec4 counter = uvec4(position, 0, 0, 0);
  uvec2 key = uvec2(seed_low, seed_high);
  for (uint i = 0; i < 10; i++) {
    uvec2 high, low;
    umulExtended(uvec2(0xd2511f53u, 0xcd9e8d57u), counter.xz, high, low);
    counter = uvec4(high.y ^ counter.y ^ key.x, low.y, high.x ^ counter.w ^ key.y, low.x);
    key += uvec2(0x9e3779b9u, 0xbb67ae85u);
  }
  return counter.x;
}

uvec2 wide_add(uvec2 a, uvec2 b) {
  uint low = a.x + b.x;
  return uvec2(low, a.y + b.y + uint(low < b.x));
}

bool wide_below(uvec2 a, uvec2 b) { return a.y < b.y || (a.y == b.y && a.x < b.x); }

uvec2 wide_subtract(uvec2 a, uvec2 b) { return uvec2(a.x - b.x, a.y - b.y - uint(a.x < b.x)); }

uvec2 wide_subgroup_sum(uvec2 own) {
  uint low = subgroupAdd(own.x & 0xffffu);
  uint middle = subgroupAdd(own.x >> 16) + (low >> 16);
  return uvec2(middle << 16 | (low & 0xffffu), subgroupAdd(own.y) + (middle >> 16));
}

// total · fraction / 2^32, rounded down, and the remainder.
uvec3 wide_part(uvec2 total, uint fraction) {
  uvec2 high, low;
  umulExtended(total, uvec2(fraction), high, low);
  return uvec3(wide_add(uvec2(high.x, 0), uvec2(low.y, high.y)), low.x);
}
