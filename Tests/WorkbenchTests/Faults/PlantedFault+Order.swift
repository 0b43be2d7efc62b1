import Workbench

extension PlantedFault {
  /// What happens when: barriers, races, the order of sums, runs before and after.
  static let order = invocations + sums + runs

  private static let invocations = [
    PlantedFault("no barrier before a shared sum", "rms_norm", "barrier();", "", isTuned: true),
    PlantedFault(
      "no barrier between the blocks of a span and their sum", "attention_split.f32",
      "reach, reach);\n    barrier();", "reach, reach);", cases: "4/2×32, 2 at 1100"),
    PlantedFault(
      "no barrier between a span's sum and the next one's blocks", "attention_tiles.f32",
      "start, i, reach));\n      }\n      barrier();", "start, i, reach));\n      }", cases: "4/2×32, 19 of"),
    PlantedFault(
      "no barrier before shared maxima", "sample", "lowest;\n    }\n    barrier();", "lowest;\n    }", isTuned: true),
    PlantedFault(
      "race: two subgroups write one slot", "rms_norm", "shared_parts[p] = parts[p]",
      "shared_parts[p & ~1u] = parts[p]",
      isTuned: true),
    PlantedFault(
      "race: every lane stores its own share", "linear_subgroup.f32",
      [
        Edit(
          file: "linear_subgroup.comp", original: "subgroupAdd(sums[i])", planted: "sums[i]"),
        Edit(file: "linear_subgroup.comp", original: "if (!subgroupElect()) return;", planted: ""),
      ]),
    PlantedFault(
      "constant that is not specialised", "sample", "layout(constant_id = 2) const uint SUBGROUPS = 1;",
      "const uint SUBGROUPS = 1;", isTuned: true),
  ]

  private static let sums = [
    PlantedFault(
      "order of a sum depends on the rows of the step", "linear_lane.f32", "accumulate(block + b, ",
      "accumulate(rows > 4 ? whole - 1 - block : block, ", check: .alone, cases: "5×65×100 normal"),
    PlantedFault(
      "order of a sum depends on the rows of the plan", "linear_lane.f32", "accumulate(block + b, ",
      "accumulate(gl_NumWorkGroups.y > 8 ? whole - 1 - block : block, ", check: .bucket,
      cases: "17×96×256 normal"),
    PlantedFault(
      "spans added from the last one on where a tile has several rows", "attention_tiles.f32",
      "uint start = some.first / ATTENTION_SPAN * ATTENTION_SPAN; start <= some.last; start += ATTENTION_SPAN) {",
      "uint at = 0; at <= some.last; at += ATTENTION_SPAN) {\n"
        + "uint start = ROWS == 1 ? at : some.last / ATTENTION_SPAN * ATTENTION_SPAN - at;",
      check: .tuning, isTuned: true, cases: "4/2×32, 2 at 1100"),
    PlantedFault(
      "order of a sum depends on the tuning", "rms_norm",
      [Edit(file: "rms.glsl", original: "RMS_PARTS = 8", planted: "RMS_PARTS = 4 * SUBGROUPS")],
      check: .tuning, isTuned: true),
  ]

  private static let runs = [
    PlantedFault(
      "added to what was there", "swiglu",
      [
        Edit(file: "swiglu.comp", original: "writeonly buffer Activated", planted: "buffer Activated"),
        Edit(file: "swiglu.comp", original: "+ i] = swiglu", planted: "+ i] += swiglu"),
      ], index: 0, actual: "nan"),
    PlantedFault(
      "a span merged that nothing was left for", "attention_merge", "span_count(step_words[step.positions + row])",
      "span_count(step_words[step.positions + row] + 1)", cases: "4/2×32, 3 at 127"),
    PlantedFault(
      "a second run sees the first", "add",
      [
        Edit(file: "add.comp", original: "writeonly buffer Sum", planted: "buffer Sum"),
        Edit(
          file: "add.comp", original: "sum[i] = a[i] + b[i];",
          planted: "sum[i] = floatBitsToUint(sum[i].x) > 0xff800000u ? a[i] + b[i] : (a[i] + b[i]) * (1 + 1e-7);"),
      ], check: .twice),
    PlantedFault(
      "ids of chained steps over each other", "sample", "(cursor % step.ring_length) * step.ring_stride", "0",
      check: .chained),
    PlantedFault(
      "id of a chained step not counted as seen", "sample", "|= 1u << (id % 32)", "|= 0u", check: .chained,
      cases: "unlike"),
    PlantedFault(
      "id of a chained step not counted", "sample", "word + (1u << (id % 2 * 16))", "word", check: .chained,
      cases: "4×9001 frequency"),
    PlantedFault(
      "log-probabilities of chained steps over each other", "log_probabilities",
      "(cursor % step.ring_length * step.ring_stride + output_index)", "output_index", check: .chained,
      cases: "told alone"),
    PlantedFault(
      "position not advanced between chained steps", "sample", "step_words[step.positions + row] += 1;", "",
      check: .chained),
  ]
}
