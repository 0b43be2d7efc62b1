public import Tensors

/// A row-major float32 matrix on the host.
public struct Matrix: Sendable, Equatable {
  public let rows: Int
  public let columns: Int
  public var values: [Float]

  public init(rows: Int, columns: Int, values: [Float]? = nil) {
    self.rows = rows
    self.columns = columns
    self.values = values ?? [Float](repeating: 0, count: rows * columns)
  }

  public func row(_ row: Int) -> ArraySlice<Float> { values[(row * columns)..<((row + 1) * columns)] }
}

/// Keys and values of one layer on the host: [page][head][slot][dimension] each.
public struct ReferenceCache: Sendable {
  public let heads: Int
  public let headDimension: Int
  /// Every stored value is rounded to this.
  public let format: BlockFormat
  public var keys: [Float]
  public var values: [Float]

  public init(heads: Int, headDimension: Int, pageCount: Int, format: BlockFormat) {
    self.heads = heads
    self.headDimension = headDimension
    self.format = format
    let count = pageCount * heads * ExecutionLimits.pageLength * headDimension
    keys = [Float](repeating: .nan, count: count)
    values = [Float](repeating: .nan, count: count)
  }

  /// Where the vector of `head` at `slot` of `page` starts.
  public func offset(page: Int, head: Int, slot: Int) -> Int {
    ((page * heads + head) * ExecutionLimits.pageLength + slot) * headDimension
  }

  /// Stores a key and a value of one head where `offset` says.
  mutating func store(key: [Float], value: ArraySlice<Float>, at offset: Int) {
    let layout = CacheLayout(headDimension: headDimension, format: format)
    keys.replaceSubrange(offset..<(offset + headDimension), with: layout.rounded(key))
    values.replaceSubrange(offset..<(offset + headDimension), with: layout.rounded(value))
  }
}

/// What `Operation.evaluate` reads and writes.
public struct ReferenceCall: Sendable {
  public enum Input: Sendable {
    case matrix(Matrix)
    case weight(Weight)
    case cache(ReferenceCache)
  }
  public let step: StepInputs
  public var inputs: [Input]
  /// Filled by the operation.
  public var output: Matrix

  public func matrix(_ index: Int) throws(ProgramError) -> Matrix {
    guard case .matrix(let matrix) = inputs[index] else { throw ProgramError("input \(index) is no activation") }
    return matrix
  }

  public func weight(_ index: Int) throws(ProgramError) -> Weight {
    guard case .weight(let weight) = inputs[index] else { throw ProgramError("input \(index) is no weight") }
    return weight
  }

  public func cache(_ index: Int) throws(ProgramError) -> ReferenceCache {
    guard case .cache(let cache) = inputs[index] else { throw ProgramError("input \(index) is no key-value cache") }
    return cache
  }

  /// Page and slot of `position` in the sequence of `row`.
  public func slot(row: Int, position: Int) -> (page: Int, slot: Int) {
    let table = step.pageTables[Int(step.sequences[row])]
    return (Int(table[position / ExecutionLimits.pageLength]), position % ExecutionLimits.pageLength)
  }
}

extension Matrix {
  mutating func replace(row: Int, with values: some Collection<Float>) {
    self.values.replaceSubrange((row * columns)..<((row + 1) * columns), with: values)
  }
}

extension Weight {
  func decoded(row: Int) throws(ProgramError) -> [Float] {
    var values = [Float](repeating: 0, count: columnCount)
    do { try decode(row: row, into: &values) } catch { throw ProgramError(error.description) }
    return values
  }

  func magnitudes(row: Int) throws(ProgramError) -> [Float] {
    var values = [Float](repeating: 0, count: columnCount)
    do { try decodeMagnitudes(row: row, into: &values) } catch { throw ProgramError(error.description) }
    return values
  }
}

extension [ProgramTensor] {
  func expect(_ count: Int, for operation: some Operation) throws(ProgramError) {
    guard self.count == count else { throw ProgramError("\(operation): \(self.count) inputs instead of \(count)") }
  }
}

extension BlockFormat {
  func rowByteCount(_ columnCount: Int) -> Int { byteCount(elementCount: columnCount) ?? 0 }
}
