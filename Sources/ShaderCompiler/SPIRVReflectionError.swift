/// Why words are not a SPIR-V module that can be reflected.
package enum SPIRVReflectionError: Error, Equatable, CustomStringConvertible {
  case tooShort(wordCount: Int)
  case wrongMagic(UInt32)
  /// The instruction at this word has no length or reaches behind the end.
  case truncatedInstruction(wordIndex: Int)
  case noComputeEntryPoint
  case noLocalSize
  /// A type that refers to itself, to nothing, or to more than can be measured.
  case unmeasurablePushConstants
  case bindingWithoutType(id: UInt32)

  package var description: String {
    switch self {
    case .tooShort(let count): "SPIR-V of \(count) words is shorter than its header of 5"
    case .wrongMagic(let word): "not SPIR-V: the first word is 0x\(String(word, radix: 16)), not 0x7230203"
    case .truncatedInstruction(let index): "SPIR-V is truncated: the instruction at word \(index) is incomplete"
    case .noComputeEntryPoint: "the SPIR-V module has no compute entry point"
    case .noLocalSize: "the SPIR-V module gives no workgroup size"
    case .unmeasurablePushConstants: "the size of the SPIR-V module's push constants cannot be told"
    case .bindingWithoutType(let id): "the SPIR-V variable \(id) has a binding but no pointer type"
    }
  }
}
