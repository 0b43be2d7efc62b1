import Workbench

extension PlantedFault {
  /// What is computed: formulas, formats, rounding, extremes.
  static let numbers = formulas + formats + extremes + draws + likelihoods

  private static let formulas = [
    PlantedFault("wrong operation", "add", "a[i] + b[i]", "a[i] - b[i]", index: 0),
    PlantedFault(
      "epsilon left out", "rms_norm", [Edit(file: "rms.glsl", original: " + epsilon", planted: "")]),
    PlantedFault("epsilon doubled", "rms_norm", "params.epsilon", "2 * params.epsilon"),
    PlantedFault(
      "mean over the padded width", "rms_norm",
      [Edit(file: "rms.glsl", original: "float(columns)", planted: "float((columns + 3) / 4 * 4)")], cases: "1031"),
    PlantedFault(
      "rotation the other way", "rotary_store.f16",
      [Edit(file: "activations.glsl", original: "cosine + pair.x", planted: "cosine - pair.x")]),
    PlantedFault(
      "scale of scores left out", "attention_subgroup.f16", "score * params.scale", "score", cases: "4/2"),
    PlantedFault(
      "soft cap left out", "attention_tiles.f32",
      [
        Edit(
          file: "attention_block.glsl",
          original: "capped(((parts[v].x + parts[v].y) + (parts[v].z + parts[v].w)) * params.scale)",
          planted: "((parts[v].x + parts[v].y) + (parts[v].z + parts[v].w)) * params.scale")
      ], cases: "cap 2"),
    PlantedFault(
      "soft cap without its sign", "attention_positions.f32",
      [Edit(file: "attention_scores.glsl", original: "score < 0 ? -size : size", planted: "size")], cases: "cap 2"),
    PlantedFault(
      "running softmax not corrected", "attention_subgroup.f32", "total * correction", "total", cases: "4/2"),
    PlantedFault(
      "spans added without their common maximum", "attention_merge",
      [
        Edit(
          file: "attention_partial.glsl", original: "exp(later.largest - largest)",
          planted: "1")
      ], cases: "4/2×32, 2 at 1100"),
    PlantedFault(
      "sum of a span not corrected", "attention_split.q8_0",
      [Edit(file: "attention_partial.glsl", original: "earlier.sum * kept", planted: "earlier.sum")], cases: "4/2"),
    PlantedFault("of equal logits the last taken", "sample", "candidate > value", "candidate >= value"),
  ]

  private static let formats = [
    PlantedFault(
      "sign of a quant lost", "linear_lane.q8_0",
      [
        Edit(
          file: "q8_0.glsl", original: "(word << 8) >> 24, word >> 24)",
          planted: "(word << 8) >> 24, (word >> 24) & 0xff)")
      ]),
    PlantedFault(
      "scale of the neighbouring block", "linear_subgroup.q8_0",
      [Edit(file: "q8_0.glsl", original: "(group & 2) == 0 ? scales.x : scales.y", planted: "scales.x")]),
    PlantedFault(
      "rows of the scale plane unpadded", "embedding.q8_0",
      [Edit(file: "q8_0.glsl", original: "(k / 32 + 7) / 8", planted: "k / 32 / 8")]),
    PlantedFault(
      "numbers of a pair swapped", "linear_lane.bf16",
      [
        Edit(
          file: "bf16.glsl", original: "uvec4(even.x, odd.x, even.y, odd.y)",
          planted: "uvec4(odd.x, even.x, odd.y, even.y)")
      ]),
    PlantedFault(
      "stored in float16 where float32 is asked for", "rotary_store.f32", "is_value ? joined[start + column]",
      "is_value ? unpackHalf2x16(packHalf2x16(vec2(joined[start + column]))).x"),
    PlantedFault(
      "rounded towards zero", "rotary_store.q8_0",
      [Edit(file: "cache_write.glsl", original: "abs(number - whole) >= 0.5", planted: "abs(number - whole) >= 1")]),
    PlantedFault(
      "scale without the block's end", "rotary_store.q8_0",
      [
        Edit(
          file: "cache_write.glsl", original: "min(block * 32 + 32, columns)", planted: "min(block * 32 + 31, columns)")
      ]),
    PlantedFault(
      "scale of the block before", "attention_subgroup.q8_0",
      [Edit(file: "cache_q8_0.glsl", original: "block % 2 * 16", planted: "block % 1 * 16")], cases: "3/1"),
    PlantedFault(
      "bytes taken without their sign", "attention_subgroup.q8_0",
      [
        Edit(
          file: "cache_q8_0.glsl", original: "bitfieldExtract(int(word), int(8 * i), 8)",
          planted: "bitfieldExtract(word, int(8 * i), 8)")
      ], cases: "4/2"),
    PlantedFault(
      "sum kept in float16", "rms_norm",
      [
        Edit(
          file: "rms.glsl", original: "sum = total;", planted: "sum = unpackHalf2x16(packHalf2x16(vec2(total))).x;")
      ]),
    PlantedFault(
      "result rounded to float16 overflows", "swiglu", "swiglu(gate, joined[start + params.columns + i]);",
      "unpackHalf2x16(packHalf2x16(vec2(swiglu(gate, joined[start + params.columns + i])))).x;",
      cases: "large", actual: "inf"),
  ]

  private static let extremes = [
    PlantedFault(
      "softmax without its maximum", "attention_subgroup.f16", "max(largest, subgroupMax(score))", "0.0",
      cases: "large", actual: "nan"),
    PlantedFault(
      "exp of a large gate overflows", "swiglu",
      [
        Edit(
          file: "activations.glsl", original: "gate / (1 + exp(-gate))",
          planted: "gate * exp(gate) / (1 + exp(gate))")
      ],
      cases: "large", actual: "nan"),
    PlantedFault("a logit that is no number let through", "sample", "> 0x7f800000u;", "> 0x7fffffffu;"),
    PlantedFault(
      "an infinite logit let through", "sample", "largest == uintBitsToFloat(0x7f800000u)", "false"),
  ]

  private static let likelihoods = [
    PlantedFault(
      "likeliest of penalised logits", "log_probabilities", "float logit = logits[first_logit + i];",
      "float logit = adjusted_logit(i, logits[first_logit + i], 0, load_sampling(0));", cases: "told alone"),
    PlantedFault(
      "of equal ids the first again and again", "log_probabilities", "logit == best.value && i > best.id", "false",
      cases: "told coarse"),
    PlantedFault(
      "next id looked for by one invocation alone", "log_probabilities", "if (own.id == best.id)",
      "if (gl_LocalInvocationID.x == 0)",
      cases: "told alone"),
    PlantedFault(
      "sum of weights of one invocation", "log_probabilities", "wide_total(own)", "own",
      cases: "told unlike"),
    PlantedFault(
      "log-probabilities of rows that want none", "log_probabilities", "if (wanted == 0) return;", "",
      cases: "told unlike"),
  ]

  private static let draws = [
    PlantedFault(
      "top-k of one too many", "sample", "min(sampling.top_k, found.count)", "min(sampling.top_k + 1, found.count)"),
    PlantedFault("top-p left out", "sample", "phase == 1 && sampling.share == 0", "phase == 1", cases: "top-p"),
    PlantedFault("min-p left out", "sample", "bound = sampling.reach", "bound = FARTHEST - 1", cases: "unlike"),
    PlantedFault(
      "of equal logits all kept", "sample", "distance == bound && id <= bound_id", "distance == bound", cases: "equal"),
    PlantedFault(
      "penalty of a negative logit the wrong way", "sample",
      [
        Edit(
          file: "sampling.glsl", original: "logit > 0 ? sampling.inverse_penalty : sampling.penalty",
          planted: "sampling.inverse_penalty")
      ], cases: "7×"),
    PlantedFault(
      "penalty before the bias", "sample",
      [
        Edit(
          file: "sampling.glsl", original: "precise float adjusted = logit;",
          planted: "precise float adjusted = penalised_logit(logit, sampling);"),
        Edit(file: "sampling.glsl", original: "adjusted = penalised_logit(adjusted, sampling);", planted: ";"),
      ], cases: "adjusted"),
    PlantedFault(
      "bias of an id that stands behind another in the table not found", "sample",
      [Edit(file: "sampling.glsl", original: "if (key == 0xffffffffu) break;", planted: "break;")],
      cases: "crowded"),
    PlantedFault(
      "biases of another sequence", "sample",
      [Edit(file: "sampling.glsl", original: "step.biases + sequence * (2 * BIAS_SLOTS)", planted: "step.biases")],
      cases: "adjusted"),
    PlantedFault(
      "count of a neighbouring id", "sample",
      [Edit(file: "sampling.glsl", original: "word >> (id % 2 * 16) & 0xffffu", planted: "word & 0xffffu")],
      cases: "adjusted"),
    PlantedFault(
      "frequency taken once", "sample",
      [Edit(file: "sampling.glsl", original: "sampling.frequency * float(count)", planted: "sampling.frequency")],
      cases: "adjusted"),
    PlantedFault(
      "presence taken from ids that the answer does not have", "sample",
      [Edit(file: "sampling.glsl", original: "if (count != 0) adjusted", planted: "adjusted")], cases: "adjusted"),
    PlantedFault(
      "carry of a sum lost", "sample",
      [Edit(file: "sampling.glsl", original: "a.y + b.y + uint(low < b.x)", planted: "a.y + b.y")], cases: "flat"),
    PlantedFault(
      "random number of another row", "sample", "step_words[step.positions + row], sampling.seed_low",
      "step_words[step.positions], sampling.seed_low", cases: "7×100 extreme"),
    PlantedFault(
      "parameters of another sequence", "sample", "load_sampling(sequence)", "load_sampling(0)", cases: "unlike"),
    PlantedFault(
      "listed ids over each other", "sample", "place += gl_WorkGroupSize.x;", "", cases: "1×70000 usual"),
  ]
}
