public import Tensors

/// What a step computes: parameters, shape rule, cost, definition and test cases, one file each in `Operations/`.
public protocol Operation: Sendable, Hashable, CustomStringConvertible {
  /// The name that kernels serve and commands print, snake_case.
  static var name: String { get }

  /// Whether the step writes to its key-value caches.
  var updatesCache: Bool { get }

  /// Rows and columns of the result.
  ///
  /// - Throws: `ProgramError` where the inputs do not fit.
  func outputShape(_ inputs: [ProgramTensor]) throws(ProgramError) -> (rows: RowCount, columns: Int)

  /// The least work that a perfect kernel could not avoid.
  ///
  /// - Parameter inputs: with their storage: a weight's format, the cache's format, float32 for activations.
  func cost(_ inputs: [(tensor: ProgramTensor, format: BlockFormat)], size: StepSize) -> Cost

  /// The definition: float32 values, float64 sums, so simple that it is obviously right.
  func evaluate(_ call: inout ReferenceCall) throws(ProgramError)

  /// For each element of the output how far a right float32 kernel may be from `evaluate`, whatever its order of sums.
  ///
  /// - Parameter call: as after `evaluate`.
  func errorBound(_ call: ReferenceCall) throws(ProgramError) -> [Float]

  /// The same for each key and value of the cache that the step updates, as `evaluate` leaves it.
  func cacheErrorBound(_ call: ReferenceCall) throws(ProgramError) -> [Float]

  /// The same for a kernel that rounds inputs of products to float16, with rows of activations scaled before.
  ///
  /// - Throws: `ProgramError` where the operation has no such kernels.
  func errorBoundForFloat16Inputs(_ call: ReferenceCall) throws(ProgramError) -> [Float]

  /// One-step programs on which every kernel is compared with `evaluate`.
  static var cases: [OperationCase] { get }
}

extension Operation {
  public var updatesCache: Bool { false }
  /// Nothing is computed, so nothing may differ.
  public func errorBound(_ call: ReferenceCall) -> [Float] { [Float](repeating: 0, count: call.output.values.count) }
  public func cacheErrorBound(_ call: ReferenceCall) throws(ProgramError) -> [Float] { [] }
  public func errorBoundForFloat16Inputs(_ call: ReferenceCall) throws(ProgramError) -> [Float] {
    throw ProgramError("\(self) has no error bound for inputs rounded to float16")
  }
  public var description: String { Self.name }
}

/// How large a step is, for cost and for planning.
public struct StepSize: Hashable, Sendable {
  public let tokens: Int
  public let outputs: Int
  /// Cached positions that each token attends to, itself included.
  public let context: Int

  public init(tokens: Int, outputs: Int, context: Int) {
    self.tokens = tokens
    self.outputs = outputs
    self.context = context
  }

  public func rows(_ rows: RowCount) -> Int {
    switch rows {
    case .fixed(let count): count
    case .tokens: tokens
    case .outputs: outputs
    case .positions: context
    }
  }
}

/// Work of a step.
public struct Cost: Hashable, Sendable {
  public var floatOperations: Int
  public var byteCount: Int

  public init(floatOperations: Int, byteCount: Int) {
    self.floatOperations = floatOperations
    self.byteCount = byteCount
  }
}

/// Half the distance from 1 to the next float32: the relative error of one rounding.
let unitRoundoff: Float = 0x1p-24
