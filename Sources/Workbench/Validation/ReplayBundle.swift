import Foundation
import GPU
package import Ops
import Tensors
package import VulkanBackend

/// A failed case as one JSON file: SPIR-V, constants, inputs, device and what was expected, to be run on any machine.
package struct ReplayBundle: Sendable, Codable {
  /// A result tensor: where it lies and what it should be.
  package struct Expected: Sendable, Codable {
    let tensor: String
    /// Buffers that hold it: one, or keys and values.
    let buffers: [Int]
    let columns: Int
    /// Elements from one row to the next.
    let stride: Int
    /// How a cache lies in its buffers; nil for float32.
    let cache: CacheLayout?
    /// float32, little endian.
    let values: Data
    /// How far each element may be away, infinite where it does not matter; empty where the bits must be the same.
    let bounds: Data
  }

  package let device: String
  package let driver: String
  package let seed: UInt64
  package let result: ValidationResult
  package var step: CapturedStep
  package let expected: [Expected]

  /// More than this is not written: a matrix of a large model, say.
  private static let mostByteCount = 256 << 20

  /// Captures a run; nil where its inputs are too large for a file.
  init?(_ run: KernelRun, _ suspect: KernelRun.Suspect, result: ValidationResult) async throws {
    let program = run.candidate.program
    let (step, places) = try await suspect.prepared.capture(
      suspect.step, values: suspect.values, reading: program.results)
    guard step.buffers.reduce(0, { $0 + $1.count }) <= Self.mostByteCount else { return nil }
    device = run.backend.deviceName
    driver = run.backend.driverName
    seed = run.seed
    self.result = result
    self.step = step
    expected = program.results.compactMap { id in
      guard let values = suspect.wanted[id] else { return nil }
      let tensor = program[id]
      return Expected(
        tensor: tensor.name, buffers: places[id] ?? [], columns: tensor.columns,
        stride: tensor.isKeyValueCache ? tensor.columns : activationRowStride(columns: tensor.columns),
        cache: tensor.cacheLayout(run.candidate.limits.keyValueFormat),
        values: Data(floats: values), bounds: Data(floats: suspect.bounds[id] ?? []))
    }
  }

  /// Reads a bundle.
  ///
  /// - Throws: `ProgramError` where the file is none.
  package init(path: String) throws(ProgramError) {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw ProgramError("\(path) cannot be read")
    }
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do {
      self = try decoder.decode(ReplayBundle.self, from: data)
    } catch {
      throw ProgramError(
        "\(path) is no replay file of this version of kalsae: run `kalsae validate` again for a new one")
    }
    guard expected.allSatisfy({ $0.columns > 0 && $0.buffers.allSatisfy(step.buffers.indices.contains) }) else {
      throw ProgramError("\(path) is a replay file whose parts do not fit: run `kalsae validate` again for a new one")
    }
  }

  /// Writes the bundle and gives its path.
  func write(to folder: String) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let name = "\(result.kernel)-\(result.format)-\(result.tuning)-\(result.caseName)"
      .map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "=") ? String($0) : "-" }.joined()
    let path = "\(folder)/\(name).replay.json"
    try encoder.encode(self).write(to: URL(fileURLWithPath: path), options: .atomic)
    return path
  }

  /// Runs the captured dispatches on `backend` and compares, as the failed check did.
  package func replay(on backend: VulkanBackend) async throws -> ValidationResult {
    var replayed = ValidationResult(
      operation: result.operation, kernel: result.kernel, format: result.format, tuning: result.tuning,
      caseName: result.caseName, verdict: .passed)
    let failed = result.checks.last ?? .values
    replayed.checks = [failed]
    let first = try await backend.replay(step, runCount: 1)
    if let finding = first.findings.first, failed == .memory { replayed.fail(finding) }
    let buffers = failed == .twice ? try await backend.replay(step, runCount: 2).buffers : first.buffers
    for tensor in expected where replayed.verdict == .passed {
      let values = tensor.numbers(in: buffers)
      let wanted = failed == .twice ? tensor.numbers(in: first.buffers) : tensor.values.floats
      replayed.measure(values, wanted, bounds: tensor.bounds.floats)
      guard let fault = tensor.fault(values, wanted) else { continue }
      replayed.fault = fault
      replayed.fail("\(fault)")
    }
    return replayed
  }
}

extension ReplayBundle.Expected {
  /// As many as are expected, NaN where a buffer ends before.
  fileprivate func numbers(in contents: [[UInt8]]) -> [Float] {
    let elements = buffers.flatMap { self.elements(of: contents[$0]) }
    return (0..<(values.count / 4)).map { index in
      let place = index / columns * stride + index % columns
      return place < elements.count ? elements[place] : .nan
    }
  }

  fileprivate func fault(_ actual: [Float], _ wanted: [Float]) -> ValidationResult.Fault? {
    let bounds = bounds.floats
    for (index, (given, expected)) in zip(actual, wanted).enumerated() {
      let bound = index < bounds.count ? bounds[index] : 0
      let hasSameBits = given.bitPattern == expected.bitPattern || given.isNaN && expected.isNaN
      if bounds.isEmpty ? hasSameBits : bound == .infinity || Expectation.accepts(given, expected, bound) { continue }
      return ValidationResult.Fault(
        tensor: tensor, index: index, expected: expected, actual: given, bound: bound)
    }
    return nil
  }

  fileprivate func elements(of bytes: [UInt8]) -> [Float] {
    cache?.values(of: bytes) ?? Data(bytes).floats
  }
}

extension Data {
  fileprivate init(floats: [Float]) {
    self.init(floats.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) } })
  }

  fileprivate var floats: [Float] {
    let bytes = [UInt8](self)
    return stride(from: 0, to: bytes.count / 4 * 4, by: 4).map { start in
      Float(bitPattern: (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[start + $1]) << (8 * UInt32($1)) })
    }
  }
}
