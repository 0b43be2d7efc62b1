import GPU

/// One kernel variant with one tuning on one case: compared with the operation's definition, and with itself.
package struct ValidationResult: Sendable, Codable, Hashable {
  package enum Verdict: String, Sendable, Codable { case passed, failed, skipped }
  /// The first element outside its bound.
  package struct Fault: Sendable, Codable, Hashable, CustomStringConvertible {
    package let tensor: String
    package let index: Int
    package let expected: String
    package let actual: String
    /// How far from the definition it may be; 0 where the bits must be equal.
    package let bound: Float

    init(tensor: String, index: Int, expected: Float?, actual: Float?, bound: Float = 0) {
      func words(_ value: Float?) -> String { value.map { $0.isNaN ? "nan" : "\($0)" } ?? "nothing" }
      self.tensor = tensor
      self.index = index
      self.expected = words(expected)
      self.actual = words(actual)
      self.bound = bound
    }

    package var description: String {
      "element \(index) of \(tensor) is \(actual) instead of \(expected)\(bound > 0 ? " ± \(bound)" : "")"
    }
  }
  package let operation: String
  package var kernel: String
  /// Storage of the weights or of the cache.
  package let format: String
  package let tuning: String
  package let caseName: String
  package var verdict: Verdict
  /// What was checked, in order; where the verdict is `failed`, the last one failed.
  package var checks: [ValidationCheck] = []
  /// Sum of squared differences over the sum of squared expected values.
  package var normalisedMeanSquaredError: Double = 0
  package var maximumAbsoluteError: Float = 0
  /// The largest difference as a share of what rounding allows.
  package var maximumBoundShare: Float = 0
  package var fault: Fault?
  /// Why the case was skipped or failed.
  package var reason: String?
  /// The file that `kalsae validate --replay` takes, where one was written.
  package var replay: String?

  package init(
    operation: String, kernel: String, format: String, tuning: String, caseName: String, verdict: Verdict,
    reason: String? = nil
  ) {
    self.operation = operation
    self.kernel = kernel
    self.format = format
    self.tuning = tuning
    self.caseName = caseName
    self.verdict = verdict
    self.reason = reason
  }

  mutating func fail(_ reason: String) {
    verdict = .failed
    self.reason = reason
  }

  /// Takes the errors of a tensor into the figures; what has no bound, or an infinite one, is not looked at.
  mutating func measure(_ actual: [Float], _ wanted: [Float], bounds: [Float]) {
    var (squares, errors) = (0.0, 0.0)
    for (index, (value, bound)) in zip(wanted, bounds).enumerated() where value.isFinite && bound != .infinity {
      let difference = abs(value - (index < actual.count ? actual[index] : .nan))
      squares += Double(value) * Double(value)
      errors += Double(difference) * Double(difference)
      maximumAbsoluteError = max(maximumAbsoluteError, difference)
      if bound > 0 { maximumBoundShare = max(maximumBoundShare, difference / bound) }
    }
    normalisedMeanSquaredError = max(normalisedMeanSquaredError, squares > 0 ? errors / squares : errors)
  }

  mutating func skip(_ reason: String) {
    verdict = .skipped
    self.reason = reason
  }

  /// Memory that does not suffice is a skip, any other error a failure.
  mutating func end(with error: any Error) {
    guard let error = error as? GPUError, error.isOutOfMemory else { return fail("\(error)") }
    skip("memory does not suffice: \(error)")
  }

  /// Demands the same bits.
  mutating func compare(_ actual: [Float], _ wanted: [Float], tensor: String = "logits") {
    guard actual.count == wanted.count, !wanted.isEmpty else {
      return fail("\(actual.count) values of \(tensor) instead of \(wanted.count)")
    }
    guard let index = wanted.indices.first(where: { actual[$0].bitPattern != wanted[$0].bitPattern }) else { return }
    let fault = Fault(tensor: tensor, index: index, expected: wanted[index], actual: actual[index])
    self.fault = fault
    fail("\(fault)")
  }
}

/// What a kernel must hold to.
package enum ValidationCheck: String, Sendable, Codable, CaseIterable {
  /// Every element lies within what rounding allows of the definition.
  case values
  /// Nothing is written beside the buffers, and the validation layer has nothing to say.
  case memory
  /// A second run gives the same bits.
  case twice
  /// A row has the same bits alone, as the plan for one row computes it, as in company.
  case alone
  /// Where the pages of the cache lie changes no bit.
  case pages
  /// In a plan for more rows the bits are the same, and no row is written that the step does not have.
  case bucket
  /// A weight that is cut into chunks of rows, as one larger than a binding is, changes no bit.
  case chunks
  /// Chained steps leave every id in the ring and feed the last one back.
  case chained
  /// A text in pieces gives the bits of the whole.
  case pieces
  /// Activations that share memory give the bits of those that do not.
  case arena
  /// Every legal tuning gives the bits of the default.
  case tuning
  /// Steps that share a dispatch give the bits of those steps alone.
  case fused
}
