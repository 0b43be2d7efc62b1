import Ops
import Tensors

extension DecoderSizes {
  /// Reads the keys that GGUF files share; each begins with the file's `general.architecture`.
  ///
  /// - Throws: `ModelError` that names the key, its value and what is allowed.
  init(_ file: GGUFFile) throws(ModelError) {
    let fields = try ConfigurationFields(file)
    let prefix = fields.value("general.architecture")?.value.string ?? ""
    func key(_ name: String) -> String { "\(prefix).\(name)" }
    if let (key, value) = fields.value(key("expert_count")), value != .integer(0) {
      throw fields.error(key, value, allowed: "0: mixtures of experts are not supported")
    }
    hiddenSize = try fields.integer(key("embedding_length"), in: 1...(1 << 17))
    layerCount = try fields.integer(key("block_count"), in: 1...1024)
    headCount = try fields.integer(key("attention.head_count"), in: 1...1024)
    keyValueHeadCount = try fields.integer(key("attention.head_count_kv"), in: 1...1024, default: headCount)
    guard headCount.isMultiple(of: keyValueHeadCount) else {
      throw ModelError(
        "\(fields.document): \(key("attention.head_count_kv")) is \(keyValueHeadCount); it must divide "
          + "\(key("attention.head_count")), which is \(headCount)")
    }
    headDimension = try fields.headDimension(
      keys: (key("attention.key_length"), key("embedding_length"), key("attention.head_count")), hiddenSize: hiddenSize,
      headCount: headCount)
    for name in ["attention.value_length", "rope.dimension_count"] {
      let dimension = try fields.integer(key(name), in: 1...1024, default: headDimension)
      guard dimension == headDimension else {
        throw ModelError("\(fields.document): \(key(name)) is \(dimension); it must be the heads' \(headDimension)")
      }
    }
    intermediateSize = try fields.integer(key("feed_forward_length"), in: 1...(1 << 20))
    vocabularySize = try file.rowCount(of: "\(DecoderNames.gguf.embedding).weight")
    contextLength = try fields.integer(key("context_length"), in: 1...(1 << 24))
    normEpsilon = Float(try fields.number(key("attention.layer_norm_rms_epsilon"), in: 1e-12...1))
    rotary = try file.rotaryFrequencies(fields, prefix: prefix, dimension: headDimension)
    tiesEmbeddings = !file.holds("\(DecoderNames.gguf.head).weight")
  }
}

extension GGUFFile {
  /// Divisors of the frequencies, one per pair; no tensor of the decoder itself.
  static let rotaryDivisors = "rope_freqs.weight"

  func holds(_ name: String) -> Bool { unreadable[name] != nil || tensors.contains { $0.name == name } }

  fileprivate func rowCount(of name: String) throws(ModelError) -> Int {
    guard let tensor = tensors.first(where: { $0.name == name }) else {
      throw ModelError(unreadable[name].map { unreadableTensor(name, $0) } ?? "the file has no tensor \(name)")
    }
    guard (1..<(1 << 24)).contains(tensor.spec.rowCount) else {
      throw ModelError("tensor \(name) has \(tensor.spec.rowCount) rows; there must be 1 to \((1 << 24) - 1)")
    }
    return tensor.spec.rowCount
  }

  /// What an error says of a tensor in a type that no kernel takes.
  fileprivate func unreadableTensor(_ name: String, _ type: String) -> String {
    "tensor \(name) is stored as \(type); \(Self.readableTypes) can be read"
  }

  fileprivate func rotaryFrequencies(
    _ fields: ConfigurationFields, prefix: String, dimension: Int
  ) throws(ModelError) -> RotaryFrequencies {
    _ = try fields.choice("\(prefix).rope.scaling.type", of: ["none"], default: "none")
    let base = try fields.number("\(prefix).rope.freq_base", in: ConfigurationFields.rotaryBases, default: 10000)
    guard let tensor = tensors.first(where: { $0.name == Self.rotaryDivisors }) else {
      if let type = unreadable[Self.rotaryDivisors] {
        throw ModelError(unreadableTensor(Self.rotaryDivisors, type))
      }
      return RotaryFrequencies(base: base, dimension: dimension, scaling: .none)
    }
    guard tensor.spec.shape == [dimension / 2] else {
      throw ModelError("tensor \(tensor.name) is \(tensor.spec.shape); it must be [\(dimension / 2)]")
    }
    var divisors = [Float](repeating: 0, count: dimension / 2)
    do { try Weight([tensor]).decode(row: 0, into: &divisors) } catch { throw ModelError(error) }
    guard divisors.allSatisfy({ $0.isFinite && $0 > 0 }) else {
      throw ModelError("tensor \(tensor.name) holds something other than positive numbers")
    }
    return RotaryFrequencies(base: base, dimension: dimension, scaling: .divisors(divisors))
  }
}
