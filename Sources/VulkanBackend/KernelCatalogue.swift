package import Ops

/// Every kernel; of those that suit a device the first that serves a request is used.
package enum KernelCatalogue {
  package static let all: [any Kernel] = [
    AddKernel(), AttentionCoopmat(), AttentionTokens(), AttentionPositions(), AttentionSplit(), AttentionTiles(),
    AttentionSubgroup(),
    EmbeddingKernel(),
    LinearCoopmat(), LinearCoopmat2(), LinearTokens(), LinearLane(),
    LinearSubgroup(),
    RMSNormKernel(), RotaryStoreKernel(), SampleKernel(), SelectRowsKernel(), SwiGLUKernel(),
  ]

  /// Kernels for a request, all of its class of numerics, those that suit the device first.
  package static func kernels(for request: LaunchRequest) -> [any Kernel] {
    kernels(for: request.operation, on: request.profile, numerics: request.numerics)
  }

  /// Kernels for an operation that round alike, those that suit the device first.
  package static func kernels(
    for operation: any Operation, on profile: DeviceProfile, numerics: Numerics = .float32
  ) -> [any Kernel] {
    let serving = all.filter { $0.operation == type(of: operation) && $0.numerics == numerics }
    return serving.filter { $0.suits(profile) } + serving.filter { !$0.suits(profile) }
  }

  /// Kernels that give the same bits and take turns by the number of rows: where one is left out, so are the others, lest a
  /// sequence get other bits in company than alone.
  private static let families: [Set<String>] = [
    ["attention_positions", "attention_tokens"], ["attention_split", "attention_tiles"],
    ["linear_lane", "linear_tokens"],
  ]

  /// What is left out where `files` are.
  package static func families(of files: some Collection<String>) -> Set<String> {
    files.reduce(into: Set<String>()) { $0.formUnion(family(of: $1)) }
  }

  /// The kernel in that file, and those that are left out with it.
  package static func family(of file: String) -> Set<String> { families.first { $0.contains(file) } ?? [file] }
}
