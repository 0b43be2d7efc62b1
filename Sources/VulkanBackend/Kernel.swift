package import Ops
package import Tensors

/// One shader file: which operation it serves, what can be tuned, and how it is launched.
///
/// A kernel is a `.comp` in `shaders/ops/`, a conformer in `Kernels/` and a line in `KernelCatalogue`.
package protocol Kernel: Sendable {
  /// The shader's file name without its ending.
  var file: String { get }
  /// Every shader file that it launches, its own first.
  var files: [String] { get }
  var operation: any Operation.Type { get }
  /// How the kernel rounds; the planner mixes no classes, see `KernelCatalogue`.
  var numerics: Numerics { get }
  /// Whether the shader was written for this kind of device; the others serve only where none of these does.
  func suits(_ profile: DeviceProfile) -> Bool
  /// Whether `launches` looks at the request's fusion.
  var canFuse: Bool { get }
  /// Every tuning that may be used for this request; all give the same numerics.
  func tunings(for request: LaunchRequest) -> [Tuning]
  /// The tuning to use where nothing was measured.
  func tuning(for request: LaunchRequest) -> Tuning
  /// The dispatches that compute the request's output, or nil where the kernel cannot.
  func launches(for request: LaunchRequest, tuning: Tuning) -> [Launch]?
}

extension Kernel {
  package var files: [String] { [file] }
  /// Whether one of its shaders is among `files`; nil stands for all.
  package func isAmong(_ files: Set<String>?) -> Bool { files?.isDisjoint(with: self.files) != true }
  package var numerics: Numerics { .float32 }
  package var canFuse: Bool { false }
  package func suits(_ profile: DeviceProfile) -> Bool { true }
  package func tunings(for request: LaunchRequest) -> [Tuning] { [tuning(for: request)] }
  package func tuning(for request: LaunchRequest) -> Tuning { Tuning() }
}

/// Values of a kernel's tunable specialization constants, by the constant's name in GLSL.
package struct Tuning: Hashable, Sendable, Codable, CustomStringConvertible, ExpressibleByDictionaryLiteral {
  package var constants: [String: Int]

  package init(_ constants: [String: Int] = [:]) { self.constants = constants }
  package init(dictionaryLiteral elements: (String, Int)...) { constants = Dictionary(uniqueKeysWithValues: elements) }

  package subscript(name: String) -> Int { constants[name] ?? 1 }
  package init(from decoder: any Decoder) throws { constants = try [String: Int](from: decoder) }
  package func encode(to encoder: any Encoder) throws { try constants.encode(to: encoder) }

  /// For example `ROWS=4 TOKENS=1`.
  package var description: String {
    constants.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
  }
}

/// One step of a program with all that decides how it is launched.
package struct LaunchRequest: Sendable {
  package var operation: any Operation
  /// With a fusion: rows, weight, the norm's weight, then what the tail reads besides.
  package var inputs: [ProgramTensor]
  /// Of the operation itself, also where a tail takes it on.
  package var output: ProgramTensor
  /// For each input that is a weight, the rows that one binding holds and their storage; one range for all else, with the
  /// cache's format, or float32 for activations.
  package var chunks: [[WeightRows]]
  /// Rows of the output at most.
  package var rows: Int
  /// Positions that a sequence may have at most.
  package var positions: Int
  package var profile: DeviceProfile
  package var fusion = Fusion()
  /// Whether log-probabilities come with sampled ids.
  package var givesLogProbabilities = false
  /// The class of kernels that may serve it.
  package var numerics = Numerics.float32
}

/// One dispatch, before its buffers are known.
package struct Launch: Sendable {
  /// Name of the variant in the kernel pack.
  package var variant: String
  package var workgroupSize: Int
  /// Specialization constants by their name in GLSL.
  package var constants: [String: Int]
  /// Whether the pipeline must run with the profile's subgroup size.
  package var usesSubgroups: Bool
  package var pushConstants: [UInt8]
  /// After the step buffer at binding 0.
  package var bindings: [LaunchBinding]
  package var groups: (x: Int, y: Int)

  /// The shader's file name without its ending.
  package var kernelFile: String { String(variant.prefix { $0 != "." }) }
}

/// What a binding of a launch holds.
package enum LaunchBinding: Hashable, Sendable {
  case input(Int)
  case plane(input: Int, chunk: Int, plane: Int)
  case keys(input: Int)
  case values(input: Int)
  case output
  /// So many bytes that the launches of one step leave to those after them; the same memory for every step.
  case scratch(byteCount: Int)
}

extension LaunchBinding {
  /// Whether a step's launches write it before they read it.
  var isWrittenFirst: Bool {
    switch self {
    case .output, .scratch: true
    case .input, .plane, .keys, .values: false
    }
  }
}

extension LaunchRequest {
  /// How each input is stored; of a matrix of weights only its first chunk.
  package var formats: [BlockFormat] { chunks.map { $0.first?.format ?? .f32 } }

  /// The constants that every shader takes from the step include.
  package var stepConstants: [String: Int] { ["ROWS_ARE_OUTPUTS": output.rows == .outputs ? 1 : 0] }

  /// The constant that shaders take from the planes include, for the weight `input`.
  package func planeConstants(input: Int) -> [String: Int] {
    let rows = profile.planeRows(of: inputs[input])
    return rows == 1 ? [:] : ["PLANE_ROWS": rows]
  }

  /// A dispatch of one invocation per item of a row, y = row.
  package func elementwise(
    _ variant: String, itemsPerRow: Int, tuning: Tuning, constants: [String: Int] = [:], pushConstants: [UInt8],
    bindings: [LaunchBinding]
  ) -> Launch {
    let workgroupSize = tuning.constants[Self.workgroup] ?? Self.usualWorkgroupSize
    return Launch(
      variant: variant, workgroupSize: workgroupSize, constants: stepConstants.merging(constants) { $1 },
      usesSubgroups: false,
      pushConstants: pushConstants, bindings: bindings,
      groups: (itemsPerRow.dividedRoundingUp(by: workgroupSize), rows))
  }

  /// The tunings of a kernel that is launched by `elementwise`: invocations per workgroup.
  package var elementwiseTunings: [Tuning] {
    [Self.usualWorkgroupSize, 32, 128, 256, 512, 1024].filter { $0 <= profile.workgroupSize }.map {
      [Self.workgroup: $0]
    }
  }
  package var elementwiseTuning: Tuning { [Self.workgroup: Self.usualWorkgroupSize] }

  private static let workgroup = "WORKGROUP"
  private static let usualWorkgroupSize = 64

  /// The bindings of every plane of the weight `input`, chunk `chunk`.
  package func planes(input: Int, chunk: Int) -> [LaunchBinding] {
    let count = chunks[input][chunk].format.planeRowByteCounts(columnCount: inputs[input].columns).count
    return (0..<count).map { .plane(input: input, chunk: chunk, plane: $0) }
  }
}

extension Int {
  package func dividedRoundingUp(by divisor: Int) -> Int { (self + divisor - 1) / divisor }
  package func rounded(upToMultipleOf unit: Int) -> Int { dividedRoundingUp(by: unit) * unit }
}

/// Floats from one row of an activation to the next, as `row_stride` in `shaders/lib/step.glsl`.
package func activationRowStride(columns: Int) -> Int { columns.rounded(upToMultipleOf: 8) }
