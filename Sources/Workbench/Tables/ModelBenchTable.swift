import Foundation

extension ModelBenchRow {
  /// The rows as llama-bench would print them; SQL calls the table `llama_bench`.
  package static func table(_ rows: [ModelBenchRow]) -> ResultTable {
    let isCPU = rows.contains { $0.backends.contains("CPU") }
    let cells = rows.map(\.cells)
    let columns = (cells.first ?? placeholder.cells).enumerated().map { index, cell in
      let name = cell.0
      var column = column(name)
      column.isShownToPeople =
        switch name {
        case "model", "size", "params", "backend", "test", "t/s": true
        case "ngl": !isCPU
        case "threads": isCPU
        // What a run tries several of must be told apart.
        case "n_batch", "n_ubatch", "type_k", "type_v", "weights": Set(cells.map { $0[index].1 }).count > 1
        default: false
        }
      return column
    }
    let build = rows.first.map { "build: \($0.buildCommit) (\($0.buildNumber))" }
    return ResultTable(
      name: "llama_bench", columns: columns, rows: cells.map { $0.map(\.1) }, notes: build.map { [$0] } ?? [])
  }

  private static var placeholder: ModelBenchRow {
    ModelBenchRow(
      modelFilename: "", modelType: "", modelSize: 0, modelParameterCount: 0, promptLength: 0, generatedLength: 0,
      samplesNanoseconds: [])
  }

  /// Names and values in the order of llama-bench; the columns that only people see come first and last.
  private var cells: [(String, ResultTable.Value)] {
    shownBefore + build + setting + result
      + [("test", .text(test)), ("t/s", .text(tokensPerSecond))] + own
      + [
        ("samples_ns", .numbers(samplesNanoseconds.map { $0.rounded() })),
        ("samples_ts", .numbers(samplesTokensPerSecond)),
      ]
  }

  private var shownBefore: [(String, ResultTable.Value)] {
    [
      ("model", .text(modelType)), ("size", .text(Self.size(modelSize))),
      ("params", .text(Self.parameters(modelParameterCount))), ("backend", .text(backends)), ("ngl", .integer(-1)),
      ("threads", .integer(threadCount)),
    ]
  }

  private var build: [(String, ResultTable.Value)] {
    [
      ("build_commit", .text(buildCommit)), ("build_number", .integer(buildNumber)), ("cpu_info", .text(cpuInfo)),
      ("gpu_info", .text(gpuInfo)), ("backends", .text(backends)), ("model_filename", .text(modelFilename)),
      ("model_type", .text(modelType)), ("model_size", .integer(modelSize)),
      ("model_n_params", .integer(modelParameterCount)),
    ]
  }

  private var setting: [(String, ResultTable.Value)] {
    [
      ("n_batch", .integer(batchSize)), ("n_ubatch", .integer(microBatchSize)), ("n_threads", .integer(threadCount)),
      ("cpu_mask", .text("0x0")), ("cpu_strict", .flag(false)), ("poll", .integer(50)), ("type_k", .text(cacheType)),
      ("type_v", .text(cacheType)), ("n_gpu_layers", .integer(-1)), ("n_cpu_moe", .integer(0)),
      ("split_mode", .text("layer")), ("main_gpu", .integer(0)), ("no_kv_offload", .flag(false)),
      ("flash_attn", .integer(-1)), ("devices", .text("auto")), ("tensor_split", .text("0.00")),
      ("tensor_buft_overrides", .text("none")), ("load_mode", .text("mmap")), ("lazy_mode", .text("auto")),
      ("embeddings", .flag(false)), ("no_op_offload", .integer(0)), ("no_host", .flag(false)), ("repack", .flag(true)),
      ("fit_target", .integer(0)), ("fit_min_ctx", .integer(0)),
    ]
  }

  private var result: [(String, ResultTable.Value)] {
    let times = SampleSummary(samplesNanoseconds)
    let rates = SampleSummary(samplesTokensPerSecond)
    return [
      ("n_prompt", .integer(promptLength)), ("n_gen", .integer(generatedLength)), ("n_depth", .integer(depth)),
      ("test_time", .text(testTime)), ("avg_ns", Self.whole(times.mean)),
      ("stddev_ns", Self.whole(times.standardDeviation)),
      ("avg_ts", .number(rates.mean)), ("stddev_ts", .number(rates.standardDeviation)),
    ]
  }

  private var own: [(String, ResultTable.Value)] {
    [
      ("kalsae_version", kalsaeVersion.map(ResultTable.Value.text) ?? .missing),
      ("device", device.map(ResultTable.Value.text) ?? .missing),
      ("driver", driver.map(ResultTable.Value.text) ?? .missing),
      ("weights", weightFormat.map(ResultTable.Value.text) ?? .missing), ("n_streams", .integer(streamCount)),
      ("peak_host_bytes", peakHostBytes.map(ResultTable.Value.integer) ?? .missing),
      ("peak_device_bytes", peakDeviceBytes.map(ResultTable.Value.integer) ?? .missing),
      ("limit_share", limitShare.map(ResultTable.Value.number) ?? .missing),
    ]
  }

  private static func whole(_ value: Double) -> ResultTable.Value {
    Int(exactly: value.rounded()).map(ResultTable.Value.integer) ?? .missing
  }

  /// Headings, alignment and widths of llama-bench's Markdown.
  private static func column(_ name: String) -> ResultTable.Column {
    let isInFiles = !["model", "size", "params", "backend", "ngl", "threads", "test", "t/s"].contains(name)
    let widths = [
      "model": 30, "size": 10, "params": 10, "backend": 10, "ngl": 3, "threads": 7, "n_batch": 7,
      "n_ubatch": 8, "type_k": 6, "type_v": 6, "test": 15, "t/s": 20,
    ]
    let format: ResultTable.Format =
      switch name {
      case "size", "params", "test", "t/s": .figure
      case "peak_host_bytes", "peak_device_bytes": .bytes
      case "limit_share": .percent
      default: .plain
      }
    return ResultTable.Column(
      name: name, format: format, isInFiles: isInFiles, minimumWidth: widths[name] ?? 0)
  }

  private static func size(_ byteCount: Int) -> String {
    byteCount < 1 << 30
      ? String(format: "%.2f MiB", Double(byteCount) / 0x1p20) : String(format: "%.2f GiB", Double(byteCount) / 0x1p30)
  }

  private static func parameters(_ count: Int) -> String {
    count < 1_000_000_000
      ? String(format: "%.2f M", Double(count) / 1e6) : String(format: "%.2f B", Double(count) / 1e9)
  }
}
