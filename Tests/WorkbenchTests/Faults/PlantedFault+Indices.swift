import Workbench

extension PlantedFault {
  /// What goes where: indices, strides, heads, pages, bounds.
  static let indices = rows + columns + pages + bounds

  private static let rows = [
    PlantedFault(
      "row of the output taken for a row of the step", "select_rows", "x[row * quads", "x[output_index * quads",
      index: 0),
    PlantedFault(
      "rows of tokens counted where there are rows of outputs", "rms_norm",
      [
        Edit(
          file: "step.glsl", original: "ROWS_ARE_OUTPUTS ? step.output_count : step.token_count",
          planted: "step.token_count")
      ], check: .bucket),
    PlantedFault(
      "token of another row", "embedding.bf16", "step_words[step.tokens + row]", "step_words[step.tokens]"),
    PlantedFault(
      "token id cut to 16 bits", "embedding.f32", "step_words[step.tokens + row]",
      "(step_words[step.tokens + row] & 0xffffu)", cases: "70000"),
    PlantedFault(
      "position taken for the number of the row", "rotary_store.f32", "step_words[step.positions + row]", "row"),
    PlantedFault(
      "rows unpadded", "swiglu", "row * row_stride(params.columns) + i", "row * params.columns + i", cases: "5×37",
      index: 37),
  ]

  private static let columns = [
    PlantedFault(
      "result one column further", "linear_lane.bf16",
      [Edit(file: "linear_tail.glsl", original: "params.y_first + n;", planted: "params.y_first + n + 1;")], index: 0),
    PlantedFault("two joined halves mixed up", "swiglu", "params.columns + i]", "params.columns + i + 1]", index: 0),
    PlantedFault(
      "last tile left out", "linear_lane.f32", "block < whole", "block + 1 < whole", cases: "1×64×64", index: 0),
    PlantedFault(
      "rest behind the tiles left out", "linear_lane.f16", "block * BLOCK_GROUPS < groups",
      "block * BLOCK_GROUPS > groups"),
    PlantedFault(
      "last column of the rest left out", "linear_lane.f16", "params.k - min(params.k, 4 * quad)",
      "params.k - min(params.k, 4 * quad + 1)"),
    PlantedFault(
      "lanes counted wrongly", "linear_tokens.q8_0", "spread(quads[p * PART_QUADS + i], g)",
      "spread(quads[p * PART_QUADS + i], LANES - 1 - g)"),
    PlantedFault(
      "group of query heads mapped to the wrong head", "attention_subgroup.f16",
      "head / (params.heads / params.key_value_heads)", "head % params.key_value_heads", cases: "8/2"),
    PlantedFault(
      "keys read for values", "attention_subgroup.f32", "share * cache_value(", "share * cache_key(", cases: "4/2"),
    PlantedFault(
      "chunk of a weight written to the first columns", "linear_lane.f32",
      [Edit(file: "linear_tail.glsl", original: "params.y_first + n;", planted: "n;")],
      check: .chunks, cases: "1×67×60", index: 0),
    PlantedFault(
      "chunk of a table read from its first row", "embedding.f16",
      [
        Edit(
          file: "embedding.comp", original: "step_words[step.tokens + row] - params.first_row",
          planted: "step_words[step.tokens + row]")
      ], check: .chunks),
  ]

  private static let pages = [
    PlantedFault(
      "slot within the page", "rotary_store.f32", "position % PAGE_LENGTH", "(position + 1) % PAGE_LENGTH"),
    PlantedFault(
      "page of the next position", "rotary_store.f16", "step_page(row, position)", "step_page(row, position + 1)",
      cases: "9 at 60"),
    PlantedFault(
      "page table left out", "attention_subgroup.f16",
      [
        Edit(
          file: "step.glsl",
          original: "step_words[step.page_tables + sequence * step.pages_per_sequence + position / PAGE_LENGTH]",
          planted: "position / PAGE_LENGTH")
      ], cases: "4/2"),
    PlantedFault(
      "page of another sequence", "attention_subgroup.f32",
      [Edit(file: "step.glsl", original: "sequence * step.pages_per_sequence", planted: "0")], cases: "2 sequences"),
    PlantedFault(
      "pages of the step's first row for all rows", "attention_positions.f16", "step_page(row, base)",
      "step_page(0, base)", cases: "sequences"),
    PlantedFault(
      "pages of a workgroup's first row for all its rows", "attention_tokens.f16", "first_row + leader", "first_row",
      cases: "sequences"),
    PlantedFault(
      "stale page: looked up once for all positions", "attention_subgroup.f32", "step_page(row, base)",
      "step_page(row, 0)", cases: "4/2"),
    PlantedFault(
      "page 0 taken for none", "attention_subgroup.f32", "float score = 0;",
      "float score = 0; if (step_page(row, base) == 0) continue;", check: .pages, cases: "4/2×32, 3 at 127"),
    PlantedFault(
      "slots behind the row's position read", "attention_subgroup.f16",
      [
        Edit(
          file: "attention_subgroup.comp", original: "score = is_seen ? capped(score * params.scale) : -3.4e38;",
          planted: "score = score * params.scale;"),
        Edit(
          file: "attention_subgroup.comp", original: "is_seen ? exp(score - raised) : 0",
          planted: "exp(score - raised)"),
      ], cases: "4/2"),
    PlantedFault(
      "positions behind the row's own scored", "attention_split.f16",
      [
        Edit(
          file: "attention_block.glsl", original: "position >= reach.first && position <= reach.last",
          planted: "position >= reach.first")
      ], cases: "4/2"),
    PlantedFault(
      "window longer by a position", "attention_split.f32",
      [
        Edit(
          file: "attention_scores.glsl", original: "last - min(last, params.window - 1)",
          planted: "last - min(last, params.window)")
      ], cases: "window 5"),
    PlantedFault(
      "pages of a tile's first row for all its rows", "attention_tiles.f16", "start, leader, first_row",
      "start, first_row, first_row", cases: "3 sequences"),
    PlantedFault(
      "values that not every row of a tile sees added to all", "attention_tiles.f16",
      [
        Edit(
          file: "attention_block.glsl", original: "if (!sees(reaches[v / GROUP], base + p)) continue;", planted: "")
      ], cases: "4/2×32, 20 at 119"),
    PlantedFault(
      "rows behind the step's last written", "attention_tiles.f32", " || row >= end", "", check: .memory,
      cases: "4/2×32, 19 of"),
    PlantedFault(
      "keys before the window scored", "attention_positions.f32", "base + lane >= first && ", "", cases: "window 5"),
    PlantedFault(
      "values before the window added", "attention_subgroup.f32", "max(first, base) - base", "0", cases: "window 64"),
    PlantedFault(
      "window of a workgroup's first row for all its rows", "attention_tokens.f32",
      "base + j >= first && base + j <= position ? score",
      "base + j >= begin && base + j <= position ? score", cases: "window 5"),
    PlantedFault(
      "last position left out", "attention_subgroup.f16", "last - base + 1", "last - base", cases: "4/2"),
  ]

  private static let bounds = [
    PlantedFault(
      "no bound on columns", "add", " || gl_GlobalInvocationID.x >= quads", "", check: .memory),
    PlantedFault(
      "no bound on rows", "swiglu", "row >= step_row_count() || ", "", check: .bucket, cases: "5×37"),
    PlantedFault(
      "no bound on rows: a stale row overwrites a page", "rotary_store.f32", "row >= step.token_count || ", "",
      check: .bucket, cases: "9 at 60"),
    PlantedFault(
      "no bound on tokens of the last tile", "linear_lane.f16", "n < params.n && first_row + t < rows;",
      "n < params.n;", check: .memory,
      cases: "5×65×100 normal"),
    PlantedFault(
      "no bound on weight rows of the last tile", "linear_tokens.f32", " && first_n + r < params.n", "", check: nil,
      isTuned: true, cases: "19×37×100 normal"),
    PlantedFault(
      "not every element written", "embedding.bf16", "i < FORMAT_QUADS; i++", "i + 1 < FORMAT_QUADS; i++",
      index: 4, actual: "nan"),
    PlantedFault(
      "padding of a row read", "rms_norm",
      [Edit(file: "rms.glsl", original: "if (left < 4)", planted: "if (left < 0)")], actual: "nan"),
    PlantedFault(
      "padding of a row read in a tile", "linear_subgroup.f16", "left >= 4 ?", "true ?", cases: "5×65×100 normal",
      actual: "nan"),
  ]
}
