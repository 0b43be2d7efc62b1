package import Ops

/// Every kernel; of those that suit a device the first that serves a request is used.
package enum KernelCatalogue {
  package static let all: [any Kernel] = [
    AddKernel(), ArgmaxKernel(), AttentionSubgroup(), EmbeddingKernel(), LinearTokens(), LinearLane(), LinearSubgroup(),
    RMSNormKernel(), RotaryStoreKernel(), SelectRowsKernel(), SwiGLUKernel(),
  ]

  /// Kernels for an operation, those that suit the device first.
  package static func kernels(for operation: any Operation, on profile: DeviceProfile) -> [any Kernel] {
    let serving = all.filter { $0.operation == type(of: operation) }
    return serving.filter { $0.suits(profile) } + serving.filter { !$0.suits(profile) }
  }
}
