/// The declarations of a SPIR-V module, taken from its words in one bounds-checked pass.
struct SPIRVModule {
  struct Pointer { var storageClass: UInt32, pointee: UInt32 }
  struct Variable { var pointerType: UInt32, storageClass: UInt32 }
  struct Constant { var type: UInt32, bits: UInt32, isSpecialization: Bool }

  enum TypeShape {
    case bool
    case int(bitCount: UInt32, isSigned: Bool)
    case float(bitCount: UInt32)
    case vector(component: UInt32, count: UInt32)
    case matrix(column: UInt32, count: UInt32)
    case array(element: UInt32, lengthConstant: UInt32)
    case runtimeArray(element: UInt32)
    case structure(members: [UInt32])
    case pointer(Pointer)
  }

  /// A decoration of an id, or of one member of a struct type.
  struct Target: Hashable { var id: UInt32, member: Int? }

  private(set) var capabilities: [UInt32] = []
  private(set) var extensions: [String] = []
  private(set) var hasComputeEntryPoint = false
  private(set) var fixedLocalSize: [UInt32]?
  private(set) var localSizeIds: [UInt32]?
  private(set) var types: [UInt32: TypeShape] = [:]
  private(set) var variables: [(id: UInt32, variable: Variable)] = []
  private(set) var constants: [UInt32: Constant] = [:]
  private(set) var composites: [UInt32: [UInt32]] = [:]
  private var decorations: [Target: [UInt32: UInt32]] = [:]
  private var nameRanges: [UInt32: Range<Int>] = [:]
  private let words: [UInt32]

  init(words: [UInt32]) throws(SPIRVReflectionError) {
    self.words = words
    guard words.count >= 5 else { throw .tooShort(wordCount: words.count) }
    guard words[0] == 0x0723_0203 else { throw .wrongMagic(words[0]) }
    var index = 5
    var isHead = true
    while index < words.count {
      let count = Int(words[index] >> 16)
      guard count > 0, count <= words.count - index else { throw .truncatedInstruction(wordIndex: index) }
      let opcode = words[index] & 0xffff
      // Nothing is declared behind the first function; the rest is only walked, so that a cut is found.
      if opcode == 54 { isHead = false }
      if isHead, !read(opcode, words[(index + 1)..<(index + count)]) {
        throw .truncatedInstruction(wordIndex: index)
      }
      index += count
    }
  }

  func decoration(_ decoration: UInt32, of id: UInt32, member: Int? = nil) -> UInt32? {
    decorations[Target(id: id, member: member)]?[decoration]
  }

  func name(of id: UInt32) -> String { nameRanges[id].map { string(words[$0]) } ?? "" }

  // False where the instruction is shorter than its opcode demands.
  private mutating func read(_ opcode: UInt32, _ operands: ArraySlice<UInt32>) -> Bool {
    let start = operands.startIndex
    func has(_ count: Int) -> Bool { operands.count >= count }
    func word(_ offset: Int) -> UInt32 { operands[start + offset] }
    switch opcode {
    case 5:
      guard has(2) else { return false }
      nameRanges[word(0)] = (start + 1)..<operands.endIndex
    case 10: extensions.append(string(operands))
    case 15:
      guard has(3) else { return false }
      if word(0) == 5 { hasComputeEntryPoint = true }
    case 16, 331:
      guard has(2) else { return false }
      return readExecutionMode(operands)
    case 17:
      guard has(1) else { return false }
      capabilities.append(word(0))
    case 71:
      guard has(2) else { return false }
      decorations[Target(id: word(0), member: nil), default: [:]][word(1)] = has(3) ? word(2) : 0
    case 72:
      guard has(3) else { return false }
      decorations[Target(id: word(0), member: Int(word(1))), default: [:]][word(2)] = has(4) ? word(3) : 0
    case 20...33: return readType(opcode, operands)
    case 41...51: return readConstant(opcode, operands)
    case 59:
      guard has(3) else { return false }
      variables.append((word(1), Variable(pointerType: word(0), storageClass: word(2))))
    default: break
    }
    return true
  }

  private mutating func readExecutionMode(_ operands: ArraySlice<UInt32>) -> Bool {
    let start = operands.startIndex
    let mode = operands[start + 1]
    guard mode == 17 || mode == 38 else { return true }
    guard operands.count >= 5 else { return false }
    let sizes = Array(operands[(start + 2)..<(start + 5)])
    if mode == 17 { fixedLocalSize = sizes } else { localSizeIds = sizes }
    return true
  }

  private mutating func readType(_ opcode: UInt32, _ operands: ArraySlice<UInt32>) -> Bool {
    let needed: [UInt32: Int] = [20: 1, 21: 3, 22: 2, 23: 3, 24: 3, 28: 3, 29: 2, 30: 1, 32: 3]
    guard let count = needed[opcode] else { return true }
    guard operands.count >= count else { return false }
    let values = Array(operands)
    types[values[0]] =
      switch opcode {
      case 20: .bool
      case 21: .int(bitCount: values[1], isSigned: values[2] != 0)
      case 22: .float(bitCount: values[1])
      case 23: .vector(component: values[1], count: values[2])
      case 24: .matrix(column: values[1], count: values[2])
      case 28: .array(element: values[1], lengthConstant: values[2])
      case 29: .runtimeArray(element: values[1])
      case 30: .structure(members: Array(values.dropFirst()))
      default: .pointer(Pointer(storageClass: values[1], pointee: values[2]))
      }
    return true
  }

  private mutating func readConstant(_ opcode: UInt32, _ operands: ArraySlice<UInt32>) -> Bool {
    let start = operands.startIndex
    guard operands.count >= 2 else { return false }
    let (type, id) = (operands[start], operands[start + 1])
    switch opcode {
    case 41, 42: constants[id] = Constant(type: type, bits: opcode == 41 ? 1 : 0, isSpecialization: false)
    case 48, 49: constants[id] = Constant(type: type, bits: opcode == 48 ? 1 : 0, isSpecialization: true)
    case 43, 50:
      guard operands.count >= 3 else { return false }
      constants[id] = Constant(type: type, bits: operands[start + 2], isSpecialization: opcode == 50)
    case 44, 51: composites[id] = Array(operands.dropFirst(2))
    default: break
    }
    return true
  }

  // A literal string: bytes in little-endian words, ended by a zero byte or by the instruction.
  private func string(_ words: ArraySlice<UInt32>) -> String {
    var bytes: [UInt8] = []
    for word in words {
      for shift in stride(from: UInt32(0), to: 32, by: 8) {
        let byte = UInt8(truncatingIfNeeded: word >> shift)
        if byte == 0 { return String(decoding: bytes, as: UTF8.self) }
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
