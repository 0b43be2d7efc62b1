import GPU
import Ops
import Tensors
import VulkanBackend

/// How fast a device gets through weights: one row times a matrix that no cache holds, with the kernel that plans take.
///
/// Plain loads say what memory can give; a device whose kernels are bound by arithmetic gives less, and is slow at writing
/// tokens however fast its memory is.
struct DecodeProbe {
  private static let format = BlockFormat.q8_0
  private static let columns = 4096
  private static let rowUnit = 256
  /// As many steps as this allows, and at least two; the fastest counts.
  private static let enoughSeconds = 0.15

  private let backend: VulkanBackend
  private let work: OperationCase
  private let weights: Weights
  private let byteCount: Int
  private let variants: Set<String>

  /// - Parameters:
  ///   - most: bytes that the matrix may take.
  ///   - leftOut: files of kernels that plans do without.
  init(_ backend: VulkanBackend, byteCount most: Int, leftOut: Set<String>) throws {
    self.backend = backend
    variants = backend.pack.usableVariants(on: backend.profile, without: leftOut)
    let (format, columns) = (Self.format, Self.columns)
    let rowByteCount = format.planeRowByteCounts(columnCount: columns).reduce(0, +)
    let rows = max(1, most / rowByteCount / Self.rowUnit) * Self.rowUnit
    byteCount = rows * rowByteCount
    var program = Program()
    let x = program.input("x", rows: .tokens, columns: columns)
    let weight = program.weight(["weight"], rows: rows, columns: columns)
    program.keep(try program.append(Linear(), [x, weight], name: "y"))
    work = OperationCase("decode", program, tokens: 1, start: 0, outputRows: [0])
    let row = [UInt8](repeating: 0, count: format.byteCount(elementCount: columns) ?? 0)
    weights = Weights([
      try StoredTensor(
        name: "weight", spec: TensorSpec(shape: [rows, columns], format: format), repeating: row, from: 0)
    ])
  }

  /// Bytes of weights per second.
  func bytesPerSecond() async throws -> Double {
    let prepared = try await backend.prepare(
      work.program, weights: weights, limits: work.limits, forced: nil, variants: variants)
    let values = work.values(seed: 1)
    func seconds() async throws -> Double {
      // One step per submission: on a slow device a step is long enough.
      guard backend.device.physical.hasTimestamps else {
        return try await prepared.run(work.step, values: values, reading: []).seconds
      }
      return Self.seconds(try await prepared.timings(work.step, values: values))
    }
    // The first one may wait for the compiler.
    _ = try await seconds()
    var times: [Double] = []
    while times.count < 2 || times.reduce(0, +) < Self.enoughSeconds, times.count < 16 {
      times.append(try await seconds())
    }
    return Double(byteCount) / (times.min() ?? .infinity)
  }

  private static func seconds(_ timings: StepTimings) -> Double {
    let device = timings.dispatches.flatMap(\.nanoseconds).reduce(0, +) * 1e-9
    return ProbeTimer.seconds(device: device, wall: timings.wallSeconds)
  }
}
