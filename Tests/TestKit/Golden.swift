import Foundation
import Tensors

/// What transformers computes from a checkpoint in float32: the `golden.json` beside it.
public struct Golden: Sendable {
  public struct Prompt: Sendable {
    public let ids: [Int32]
    /// Of the last position.
    public let logits: [Float]
    /// The last position's row after the embedding and after each layer; empty for most prompts.
    public let hidden: [[Float]]
  }
  public struct Greedy: Sendable {
    public let ids: [Int32]
    public let generated: [Int32]
    /// By how much the best logit leads the second.
    public let margins: [Double]
  }
  public let prompts: [Prompt]
  public let greedy: [Greedy]

  /// Reads the golden values of `checkpoint`.
  public init(checkpoint: String) throws {
    let document = try JSONValue(path: "\(Fixtures.checkpoint(checkpoint))/golden.json")
    prompts = try document.list("prompts").map {
      Prompt(
        ids: try $0.ids("ids"), logits: try Self.floats($0["logits"]),
        hidden: try ($0["hidden"]?.array ?? []).map { try Self.floats($0) })
    }
    greedy = try document.list("greedy").map {
      Greedy(
        ids: try $0.ids("ids"), generated: try $0.ids("generated"), margins: try $0.list("margins").compactMap(\.number)
      )
    }
  }

  private static func floats(_ value: JSONValue?) throws -> [Float] {
    guard let text = value?.string, let data = Data(base64Encoded: text), data.count.isMultiple(of: 4) else {
      throw TensorError("golden.json: floats in base64 expected")
    }
    let bytes = [UInt8](data)
    return stride(from: 0, to: bytes.count, by: 4).map { start in
      Float(bitPattern: (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[start + $1]) << (8 * UInt32($1)) })
    }
  }
}

extension JSONValue {
  fileprivate func list(_ key: String) throws -> [JSONValue] {
    guard let values = self[key]?.array else { throw TensorError("golden.json: list \(key) expected") }
    return values
  }
  fileprivate func ids(_ key: String) throws -> [Int32] { try list(key).compactMap(\.integer).map { Int32($0) } }
}
