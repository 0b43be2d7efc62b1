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
    /// `f32` or `f16`.
    let element: String
    /// float32, little endian.
    let values: Data
    let bounds: Data
  }

  package let device: String
  package let driver: String
  package let seed: UInt64
  package let result: ValidationResult
  package let step: CapturedStep
  package let expected: [Expected]

  init(_ run: KernelRun, prepared: VulkanProgram, expectation: Expectation, result: ValidationResult) async throws {
    let program = run.candidate.program
    let (step, places) = try await prepared.capture(
      run.candidate.step, values: run.values, reading: program.results)
    device = run.backend.deviceName
    driver = run.backend.driverName
    seed = run.seed
    self.result = result
    self.step = step
    expected = program.results.map { id in
      let tensor = program[id]
      let values = expectation.expected[id] ?? []
      let bounds = values.enumerated().map { expectation.bound(of: id, index: $0, expected: $1, numerics: run.kernel.numerics) }
      return Expected(
        tensor: tensor.name, buffers: places[id] ?? [], columns: tensor.columns,
        stride: tensor.isKeyValueCache ? tensor.columns : activationRowStride(columns: tensor.columns),
        element: tensor.isKeyValueCache ? run.candidate.limits.keyValueFormat.name : "f32",
        values: Data(floats: values),
        bounds: Data(floats: bounds))
    }
  }

  /// Reads a bundle.
  ///
  /// - Throws: `ProgramError` where the file is none.
  package init(path: String) throws(ProgramError) {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw ProgramError("\(path) cannot be read")
    }
    do {
      self = try JSONDecoder().decode(ReplayBundle.self, from: data)
    } catch {
      throw ProgramError("\(path) is no replay bundle of this version of kalsae: \(error.localizedDescription)")
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
    replayed.checks = [.values]
    let buffers = try await backend.replay(step)
    for tensor in expected {
      let elements = tensor.buffers.flatMap { tensor.elements(of: buffers[$0]) }
      let (values, bounds) = (tensor.values.floats, tensor.bounds.floats)
      for (index, wanted) in values.enumerated() {
        let place = index / tensor.columns * tensor.stride + index % tensor.columns
        let actual = place < elements.count ? elements[place] : .nan
        if abs(wanted - actual) <= bounds[index] || wanted == actual || (wanted.isNaN && actual.isNaN) { continue }
        replayed.fault = ValidationResult.Fault(
          tensor: tensor.tensor, index: index, expected: "\(wanted)", actual: "\(actual)", bound: bounds[index])
        replayed.fail("element \(index) of \(tensor.tensor) is \(actual) instead of \(wanted) ± \(bounds[index])")
        return replayed
      }
    }
    return replayed
  }
}

extension ReplayBundle.Expected {
  fileprivate func elements(of bytes: [UInt8]) -> [Float] {
    let format = BlockFormat.named(element) ?? .f32
    var values = [Float](repeating: 0, count: bytes.count / format.blockByteCount)
    var span = values.mutableSpan
    format.decode(bytes.span.bytes, into: &span)
    return values
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
