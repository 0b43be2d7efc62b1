import Tensors

/// The number of a tensor in its program.
public struct TensorID: Hashable, Sendable, Comparable, CustomStringConvertible {
  public let index: Int
  public init(_ index: Int) { self.index = index }
  public static func < (a: TensorID, b: TensorID) -> Bool { a.index < b.index }
  public var description: String { "%\(index)" }
}

/// How many rows a tensor has in one step.
public enum RowCount: Hashable, Sendable, CustomStringConvertible {
  /// The same in every step.
  case fixed(Int)
  /// One row per token of the step.
  case tokens
  /// One row per token whose logits are wanted.
  case outputs
  /// One row per position that the pages of one sequence can hold.
  case positions

  public var description: String {
    switch self {
    case .fixed(let count): "\(count)"
    case .tokens: "tokens"
    case .outputs: "outputs"
    case .positions: "positions"
    }
  }
}

/// A tensor of a program: a matrix of `rows` × `columns`.
public struct ProgramTensor: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    /// Rows of the named checkpoint tensors, one after the other.
    case weight([String])
    /// float32, written by a step or, where no step writes it, given with the step's inputs.
    case activation
    /// Row p holds the cosines, then the sines, of position p's angles.
    case rotaryTable(RotaryFrequencies)
    /// Keys and values of one layer in the paged pool; `columns` = heads × headDimension of either.
    case keyValueCache(layer: Int, heads: Int, headDimension: Int)
  }
  public let name: String
  public let kind: Kind
  public let rows: RowCount
  public let columns: Int
}

/// One operation over numbered tensors. A tensor in both lists is updated in place.
public struct Step: Sendable {
  public let operation: any Operation
  public let inputs: [TensorID]
  public let outputs: [TensorID]
}

extension Step: Equatable {
  public static func == (a: Step, b: Step) -> Bool {
    AnyHashable(a.operation) == AnyHashable(b.operation) && a.inputs == b.inputs && a.outputs == b.outputs
  }
}

/// A model as a flat list of steps: what backends run, plan, print and compare.
public struct Program: Sendable, Equatable {
  public private(set) var tensors: [ProgramTensor] = []
  public private(set) var steps: [Step] = []
  /// Tensors that a backend keeps readable after a step.
  public private(set) var results: [TensorID] = []
  /// The float32 logits, one row per output, where the program is a language model.
  public private(set) var logits: TensorID?

  public init() {}

  public subscript(id: TensorID) -> ProgramTensor { tensors[id.index] }

  /// Declares a weight of `rows` × `columns` made of the checkpoint's `names`, joined by rows.
  public mutating func weight(_ names: [String], rows: Int, columns: Int) -> TensorID {
    declare(
      ProgramTensor(name: names.joined(separator: "+"), kind: .weight(names), rows: .fixed(rows), columns: columns))
  }

  /// Declares the paged cache of one layer.
  public mutating func keyValueCache(layer: Int, heads: Int, headDimension: Int) -> TensorID {
    declare(
      ProgramTensor(
        name: "kv.\(layer)", kind: .keyValueCache(layer: layer, heads: heads, headDimension: headDimension),
        rows: .positions, columns: heads * headDimension))
  }

  /// Declares the cosines and sines of every position, one row each; a second declaration gives the first tensor.
  public mutating func rotaryTable(_ frequencies: RotaryFrequencies) -> TensorID {
    let tensor = ProgramTensor(
      name: "rotary", kind: .rotaryTable(frequencies), rows: .positions, columns: frequencies.dimension)
    if let index = tensors.firstIndex(of: tensor) { return TensorID(index) }
    return declare(tensor)
  }

  /// Declares an activation that comes with the step's inputs.
  public mutating func input(_ name: String, rows: RowCount, columns: Int) -> TensorID {
    declare(ProgramTensor(name: name, kind: .activation, rows: rows, columns: columns))
  }

  /// Appends a step whose result is a new activation.
  ///
  /// - Throws: `ProgramError` where the operation does not take these inputs.
  @discardableResult
  public mutating func append(
    _ operation: some Operation, _ inputs: [TensorID], name: String
  ) throws(ProgramError) -> TensorID {
    let shape = try operation.outputShape(inputs.map { self[$0] })
    let output = declare(ProgramTensor(name: name, kind: .activation, rows: shape.rows, columns: shape.columns))
    let caches = operation.updatesCache ? inputs.filter { self[$0].isKeyValueCache } : []
    steps.append(Step(operation: operation, inputs: inputs, outputs: [output] + caches))
    return output
  }

  /// Keeps `id` readable after a step.
  public mutating func keep(_ id: TensorID) { if !results.contains(id) { results.append(id) } }

  /// Marks `id` as the logits and keeps it readable.
  public mutating func setLogits(_ id: TensorID) {
    logits = id
    keep(id)
  }

  private mutating func declare(_ tensor: ProgramTensor) -> TensorID {
    tensors.append(tensor)
    return TensorID(tensors.count - 1)
  }
}

extension ProgramTensor {
  public var isKeyValueCache: Bool { if case .keyValueCache = kind { true } else { false } }
  public var weightNames: [String]? { if case .weight(let names) = kind { names } else { nil } }
}

extension Program: CustomStringConvertible {
  /// One line per step, for example `%14 = linear(%13, %12 transformer.h.0.attn…)  [tokens, 4096]`.
  public var description: String {
    steps.map { step in
      let inputs = step.inputs.map { self[$0].kind == .activation ? "\($0)" : "\($0) \(self[$0].name)" }
      let result = step.outputs[0]
      return "\(result) = \(step.operation)(\(inputs.joined(separator: ", ")))  \(self[result].name) "
        + "[\(self[result].rows), \(self[result].columns)]"
    }.joined(separator: "\n")
  }
}

/// Why a program cannot be built or run: one sentence for a person.
public struct ProgramError: Error, Hashable, CustomStringConvertible {
  public let description: String
  public init(_ description: String) { self.description = description }
}

extension Program {
  /// Floating-point operations for one token of a prompt at its beginning, the logits left out.
  public var operationsPerToken: Int {
    steps.reduce(0) { sum, step in
      let inputs = step.inputs.map { (tensor: self[$0], format: BlockFormat.f32) }
      let size = StepSize(tokens: 1, outputs: 0, context: 1)
      return sum + step.operation.cost(inputs, size: size).floatOperations
    }
  }
}
