import ArgumentParser

/// `ID=VALUE` on the command line.
package struct LogitBiasArgument: ExpressibleByArgument, Hashable, Sendable {
  let id: Int32
  let bias: Float

  package init?(argument: String) {
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let id = Int32(parts[0]), id >= 0, let bias = Float(parts[1]) else { return nil }
    (self.id, self.bias) = (id, bias)
  }
}
