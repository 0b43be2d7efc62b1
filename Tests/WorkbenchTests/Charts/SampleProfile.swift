import Ops
import Workbench

/// A made-up profile of a small model: twelve kernels, some three hundred steps.
enum SampleProfile {
  static let limits = ProbedLimits(
    readBytesPerSecond: 36.2e9, copyBytesPerSecond: 24.9e9, f32FlopsPerSecond: 264e9, f16FlopsPerSecond: 132e9,
    int8FlopsPerSecond: 830e9)

  /// Kernel, steps of it, bytes and operations of one, and the share of its limit that it reaches.
  private static let parts: [(kernel: String, name: String, count: Int, bytes: Int, flop: Int, reached: Double)] = [
    ("linear_lane.q8_0 ROWS=4", "qkv", 30, 8_912_896, 16_777_216, 0.61),
    ("linear_lane.q8_0 ROWS=8", "gate_up", 30, 20_054_016, 37_748_736, 0.72),
    ("linear_subgroup.q8_0", "down", 30, 10_027_008, 18_874_368, 0.38),
    ("linear_tokens.f16", "output", 30, 4_194_304, 134_217_728, 0.55),
    ("attention_subgroup.f16", "attention", 30, 1_310_720, 2_621_440, 0.21),
    ("rms_norm", "norm", 61, 24_576, 16_384, 0.04),
    ("rotary_store.f16", "rotary", 30, 20_480, 24_576, 0.05),
    ("swiglu", "swiglu", 30, 86_016, 35_840, 0.09),
    ("add", "residual", 30, 24_576, 2048, 0.06),
    ("embedding.bf16", "embedding", 1, 8192, 0, 0.02),
    ("sample", "sample", 1, 409_600, 102_400, 0.18),
    ("select_rows", "select", 1, 8192, 0, 0.02),
  ]

  static let steps: [StepTiming] = {
    var random = SeededGenerator(seed: 5)
    var left = parts.map(\.count)
    var steps: [StepTiming] = []
    var round = 0
    while left.contains(where: { $0 > 0 }) {
      for (index, part) in parts.enumerated() where left[index] > 0 {
        left[index] -= 1
        let arithmetic: ProbedLimits.Arithmetic = part.kernel.contains("q8_0") ? .int8 : .f32
        var work = DeviceWork(seconds: 1, byteCount: part.bytes, floatOperations: part.flop, arithmetic: arithmetic)
        work.seconds = limits.shortest(work).seconds / part.reached * (0.95 + 0.1 * random.nextUnit())
        steps.append(StepTiming(name: "layers.\(round).\(part.name)", kernel: part.kernel, work: work))
      }
      round += 1
    }
    return steps
  }()

  static let report: ProfileReport = {
    let kernels = ProfileReport.kernels(of: steps)
    let busy = steps.reduce(0) { $0 + $1.work.seconds }
    return ProfileReport(
      device: "llvmpipe (LLVM 15.0.7, 256 bits)", driver: "Mesa 25.0.7-2~bpo12+1", date: "2026-11-24 07:12 UTC",
      command: "kalsae profile --model models/EXAONE-3.5-2.4B-Instruct --tokens 1 --html profile.html",
      model: "EXAONE-3.5-2.4B-Instruct, Q8_0 <칼새>", tokens: 1, kernels: kernels, steps: steps, limits: limits,
      wallSeconds: busy * 1.06, gapSeconds: busy * 0.06)
  }()
}
