import ArgumentParser

/// What kernels are written for.
enum KernelTarget: String, ExpressibleByArgument, CaseIterable {
  case gpu, cpu
}
