import Ops
import Tensors

/// Work that one tuning suits: an operation with its storage, and its sizes rounded down to powers of two.
package struct WorkClass: Hashable, Sendable, Codable, RawRepresentable, CustomStringConvertible, CodingKeyRepresentable
{
  /// Such as `linear q8_0 1×4096×2048`: rows, columns of the result, columns of the input; with a cache ` of 512` positions
  /// that a row looks back on.
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
  package var description: String { rawValue }

  /// Rows beyond which a plan is no other work.
  private static let mostRows = 256

  package init(_ request: LaunchRequest) {
    let storage = zip(request.inputs, request.formats).first { input, _ in
      input.isKeyValueCache || input.weightNames != nil && input.rows != .fixed(1)
    }
    let rows = min(Self.mostRows, request.rows)
    let sizes = [rows, request.output.columns, request.inputs.first?.columns ?? 1]
      .map { "\($0.roundedDownToPowerOfTwo)" }.joined(separator: "×")
    let reach = (request.operation as? Attention).map { request.reach($0) } ?? request.positions
    let positions =
      request.inputs.contains { $0.isKeyValueCache } ? " of \(reach.roundedDownToPowerOfTwo)" : ""
    let rounding = request.numerics == .float32 ? "" : " \(request.numerics)"
    rawValue = "\(type(of: request.operation).name) \(storage?.1.name ?? "f32") \(sizes)\(positions)\(rounding)"
  }
}

extension Int {
  fileprivate var roundedDownToPowerOfTwo: Int { self < 1 ? self : 1 << (bitWidth - 1 - leadingZeroBitCount) }
}
