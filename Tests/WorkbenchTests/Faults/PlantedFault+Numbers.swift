import Workbench

extension PlantedFault {
  /// What is computed: formulas, formats, rounding, extremes.
  static let numbers = formulas + formats + extremes

  private static let formulas = [
    PlantedFault("wrong operation", "add", "a[i] + b[i]", "a[i] - b[i]", index: 0),
    PlantedFault("epsilon left out", "rms_norm", " + params.epsilon", ""),
    PlantedFault("epsilon doubled", "rms_norm", "params.epsilon", "2 * params.epsilon"),
    PlantedFault(
      "mean over the padded width", "rms_norm", "float(params.columns)", "float(4 * quads)", cases: "1031"),
    PlantedFault(
      "rotation the other way", "rotary_store.f16", "second * cosine + first * sine", "second * cosine - first * sine"),
    PlantedFault(
      "scale of scores left out", "attention_subgroup.f16",
      [Edit(file: "attention_score.glsl", original: "sum * params.scale", planted: "sum")], cases: "4/2"),
    PlantedFault(
      "scores capped before they are scaled", "attention_split.f16",
      [
        Edit(
          file: "attention_score.glsl", original: "2 / params.soft_cap * score", planted: "2 / params.soft_cap * sum")
      ],
      cases: "cap"),
    PlantedFault(
      "running softmax not corrected", "attention_subgroup.f32", "total * correction", "total", cases: "4/2"),
    PlantedFault("of equal logits the last taken", "argmax", "candidate > value", "candidate >= value"),
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
      [Edit(file: "q8_0.glsl", original: "(k / 32 + 7) / 8 * 4", planted: "(k / 32 + 1) / 2")]),
    PlantedFault(
      "numbers of a pair swapped", "linear_lane.bf16",
      [
        Edit(
          file: "bf16.glsl", original: "uvec4(even.x, odd.x, even.y, odd.y)",
          planted: "uvec4(odd.x, even.x, odd.y, even.y)")
      ]),
    PlantedFault(
      "stored in float16 where float32 is asked for", "rotary_store.f32", "vec2(joined[start + 2 * pair]",
      "vec2(unpackHalf2x16(packHalf2x16(vec2(joined[start + 2 * pair]))).x"),
    PlantedFault(
      "sum kept in float16", "rms_norm", "sum += dot(w, w);",
      "sum = unpackHalf2x16(packHalf2x16(vec2(sum + dot(w, w)))).x;"),
    PlantedFault(
      "result rounded to float16 overflows", "swiglu", "gate / (1 + exp(-gate)) * joined[start + params.columns + i];",
      "unpackHalf2x16(packHalf2x16(vec2(gate / (1 + exp(-gate)) * joined[start + params.columns + i]))).x;",
      cases: "large", actual: "inf"),
  ]

  private static let extremes = [
    PlantedFault(
      "softmax without its maximum", "attention_subgroup.f16", "max(largest, subgroupMax(score))", "0.0",
      cases: "large", actual: "nan"),
    PlantedFault(
      "exp of a large gate overflows", "swiglu", "gate / (1 + exp(-gate))", "gate * exp(gate) / (1 + exp(gate))",
      cases: "large", actual: "nan"),
    PlantedFault("a logit that is no number let through", "argmax", "> 0x7f800000u;", "> 0x7fffffffu;"),
    PlantedFault("an infinite logit let through", "argmax", "largest == infinity) lowest", "false) lowest"),
  ]
}
