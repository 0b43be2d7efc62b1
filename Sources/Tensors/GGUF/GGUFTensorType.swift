/// An element type of the GGUF format, by its number in the file.
enum GGUFTensorType {
  /// How Kalsae reads the elements of type `number`, or nil where no kernel takes them.
  static func format(_ number: UInt32) -> BlockFormat? { formats[number] }

  /// What people call type `number`.
  static func name(_ number: UInt32) -> String {
    formats[number]?.name.uppercased() ?? otherNames[number] ?? "type \(number)"
  }

  /// The types that can be computed with, as errors list them.
  static var readableNames: String {
    let names = formats.keys.sorted().map(name)
    return names.dropLast().joined(separator: ", ") + " and " + (names.last ?? "")
  }

  private static let formats: [UInt32: BlockFormat] = [
    0: .f32, 1: .f16, 2: .q4_0, 8: .q8_0, 12: .q4_k, 14: .q6_k, 30: .bf16,
  ]
  private static let otherNames: [UInt32: String] = [
    3: "Q4_1", 6: "Q5_0", 7: "Q5_1", 9: "Q8_1", 10: "Q2_K", 11: "Q3_K", 13: "Q5_K", 15: "Q8_K", 16: "IQ2_XXS",
    17: "IQ2_XS", 18: "IQ3_XXS", 19: "IQ1_S", 20: "IQ4_NL", 21: "IQ3_S", 22: "IQ2_S", 23: "IQ4_XS", 24: "I8", 25: "I16",
    26: "I32", 27: "I64", 28: "F64", 29: "IQ1_M", 34: "TQ1_0", 35: "TQ2_0", 39: "MXFP4", 40: "NVFP4",
  ]
}
