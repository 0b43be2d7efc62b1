extension GenerationError {
  /// Proves that logits can be ranked.
  ///
  /// - Throws: `GenerationError` of kind `.numeric` where a logit is not finite or there is none.
  public static func check(_ logits: [Float]) throws(GenerationError) {
    guard !logits.isEmpty else { throw GenerationError(.numeric, "the model gave no logits") }
    guard let bad = logits.firstIndex(where: { !$0.isFinite }) else { return }
    throw GenerationError(
      .numeric, "the model gave \(logits[bad]) as the logit of id \(bad): weights or device are at fault")
  }
}
