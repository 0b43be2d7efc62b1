import Foundation
import Testing
import Workbench

@Suite struct ModelBenchRowTests {
  static func row(_ promptLength: Int, _ generatedLength: Int, depth: Int = 0) -> ModelBenchRow {
    var row = ModelBenchRow(
      modelFilename: "models/칼새", modelType: "exaone 2.4B Q8_0", modelSize: 2_556_302_336,
      modelParameterCount: 2_405_327_360, promptLength: promptLength, generatedLength: generatedLength, depth: depth,
      samplesNanoseconds: [100e6, 102e6, 98e6], testTime: Date(timeIntervalSince1970: 1_790_000_000))
    row.buildCommit = "abc1234"
    row.buildNumber = 7
    row.device = "A \"quoted\" device"
    return row
  }

  /// The names that llama-bench with ggml 0.25.3 prints, in its order.
  static let llamaColumns = """
    build_commit build_number cpu_info gpu_info backends model_filename model_type model_size model_n_params n_batch \
    n_ubatch n_threads cpu_mask cpu_strict poll type_k type_v n_gpu_layers n_cpu_moe split_mode main_gpu no_kv_offload \
    flash_attn devices tensor_split tensor_buft_overrides load_mode lazy_mode embeddings no_op_offload no_host repack \
    fit_target fit_min_ctx n_prompt n_gen n_depth test_time avg_ns stddev_ns avg_ts stddev_ts
    """.split(separator: " ").map(String.init)

  @Test func markdownIsLlamaBenchs() {
    let table = ModelBenchRow.table([Self.row(512, 0), Self.row(0, 128, depth: 4096), Self.row(64, 16)])
    #expect(
      table.rendered(as: .md) == """
        | model                          |       size |     params | backend    | ngl |            test |                  t/s |
        | ------------------------------ | ---------: | ---------: | ---------- | --: | --------------: | -------------------: |
        | exaone 2.4B Q8_0               |   2.38 GiB |     2.41 B | Vulkan     |  -1 |           pp512 |     5121.37 ± 102.45 |
        | exaone 2.4B Q8_0               |   2.38 GiB |     2.41 B | Vulkan     |  -1 |   tg128 @ d4096 |      1280.34 ± 25.61 |
        | exaone 2.4B Q8_0               |   2.38 GiB |     2.41 B | Vulkan     |  -1 |       pp64+tg16 |       800.21 ± 16.01 |

        build: abc1234 (7)

        """)
  }

  @Test func filesHaveItsColumnsFirst() throws {
    let text = ModelBenchRow.table([Self.row(512, 0)]).rendered(as: .csv)
    let header = try #require(text.split(separator: "\n").first).split(separator: ",").map(String.init)
    #expect(Array(header.prefix(Self.llamaColumns.count)) == Self.llamaColumns)
    #expect(header.dropFirst(Self.llamaColumns.count).contains("peak_device_bytes"))
    let fields = try #require(text.split(separator: "\n").last)
    #expect(
      fields.hasPrefix("\"abc1234\",\"7\",") && fields.contains("\"2026-09-21T14:13:20Z\",\"100000000\",\"2000000\","))
  }

  @Test func jsonHasTheSamples() throws {
    let object = try #require(
      try ResultTableTests.objects(ModelBenchRow.table([Self.row(512, 0)]).rendered(as: .json)).first)
    #expect(object["samples_ns"] as? [Int] == [100_000_000, 102_000_000, 98_000_000])
    #expect((object["samples_ts"] as? [Double])?.first == 5120)
    #expect(object["no_kv_offload"] as? Bool == false && object["model_n_params"] as? Int == 2_405_327_360)
    #expect(object["avg_ns"] as? Int == 100_000_000 && object["model"] == nil)
  }

  @Test func streamsAddUp() {
    var row = Self.row(0, 128)
    row.streamCount = 8
    #expect(row.test == "tg128 x 8" && row.samplesTokensPerSecond.first == 10240)
    let table = ModelBenchRow.table([Self.row(0, 128), row])
    let comparison = BenchComparison(a: table, b: table)
    #expect(comparison.table[column: "test"] == [.text("tg128"), .text("tg128 x 8")])
  }

  @Test func whatVariesIsShown() {
    var small = Self.row(512, 0)
    small.batchSize = 64
    let header = ModelBenchRow.table([Self.row(512, 0), small]).rendered(as: .md).split(separator: "\n").first ?? ""
    #expect(header.contains("| n_batch |"))
    #expect(!header.contains("n_ubatch"))
    var reference = Self.row(512, 0)
    reference.backends = "CPU"
    let cpuHeader = ModelBenchRow.table([reference]).rendered(as: .text).split(separator: "\n").first ?? ""
    #expect(cpuHeader.contains("threads") && !cpuHeader.contains("ngl"))
  }

  /// Fields of llama-bench's own csv and json, in its shape.
  @Test func itsFilesAreRead() throws {
    let csv = """
      build_commit,build_number,model_type,n_prompt,n_gen,n_depth,avg_ns,stddev_ns,avg_ts,stddev_ts
      "8cf427ff","5163","qwen2 7B Q4_K - Medium","512","0","0","70285660","982040","7285.676949","100.064434"

      """
    #expect(try ResultTable.read(csv)[column: "avg_ts"] == [.number(7285.676949)])
    let json = """
      [
        {
          "build_commit": "8cf427ff",
          "n_prompt": 512,
          "no_kv_offload": false,
          "samples_ns": [ 74601900, 71632900 ],
          "samples_ts": [ 6863.1, 7147.55 ]
        }
      ]

      """
    let read = try ResultTable.read(json)
    #expect(read[column: "samples_ns"] == [.numbers([74_601_900, 71_632_900])])
    #expect(read[column: "no_kv_offload"] == [.flag(false)])
  }
}
