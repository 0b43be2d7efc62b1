/// Turns ids into text as they come, and holds back the bytes of a scalar that is not complete.
public struct Detokenizer: Sendable {
  private let tokenizer: Tokenizer
  private let skippingSpecial: Bool
  private var pending: [UInt8] = []

  /// - Parameter skippingSpecial: leaves out control tokens.
  public init(_ tokenizer: Tokenizer, skippingSpecial: Bool = true) {
    self.tokenizer = tokenizer
    self.skippingSpecial = skippingSpecial
  }

  /// The scalars that this id completes; what can no longer become UTF-8 is U+FFFD.
  public mutating func append(_ id: Int32) -> String {
    if skippingSpecial && tokenizer.isSpecial(id) { return "" }
    pending += tokenizer.bytes(of: id) ?? []
    var end = 0
    while end < pending.count {
      let step = UTF8Step(pending, at: end)
      if step.isCut { break }
      end += step.byteCount
    }
    let complete = pending[..<end]
    pending = Array(pending[end...])
    return String(decoding: Array(complete).replacingInvalidUTF8(), as: UTF8.self)
  }

  /// What was held back, as U+FFFD; after it the detokenizer is as new.
  public mutating func finish() -> String {
    defer { pending = [] }
    return String(decoding: pending.replacingInvalidUTF8(), as: UTF8.self)
  }
}
