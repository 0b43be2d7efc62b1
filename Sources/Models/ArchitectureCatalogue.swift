public import Tensors

/// Every architecture; adding one is a file in `Architectures/` and a line here.
public enum ArchitectureCatalogue {
  public static let all: [any Architecture.Type] = [
    Exaone.self,
    Llama.self,
  ]

  /// The architecture that a config.json asks for by `model_type`.
  ///
  /// - Throws: `ModelError` where no architecture serves it, or its values do not fit.
  public static func architecture(configuration: JSONValue) throws(ModelError) -> any Architecture {
    let fields = try ConfigurationFields(configuration, document: "config.json")
    let known = all.flatMap { $0.modelTypes }
    guard let (key, value) = fields.value("model_type") else {
      throw ModelError("config.json: model_type is missing; Kalsae runs \(known.joined(separator: ", "))")
    }
    guard let match = all.first(where: { type in type.modelTypes.contains { value == .string(ByteString($0)) } }) else {
      throw fields.error(key, value, allowed: "one of the models that Kalsae runs: \(known.joined(separator: ", "))")
    }
    return try match.init(configuration: configuration)
  }

  /// The architecture that a GGUF file asks for by `general.architecture`.
  ///
  /// - Throws: `ModelError` where no architecture serves it, or its values do not fit.
  public static func architecture(gguf file: GGUFFile) throws(ModelError) -> any Architecture {
    let fields = try ConfigurationFields(file)
    let known = all.flatMap { $0.ggufArchitectures }.joined(separator: ", ")
    guard let (key, value) = fields.value("general.architecture") else {
      throw ModelError("general.architecture is missing; Kalsae runs \(known)")
    }
    guard let match = all.first(where: { $0.ggufArchitectures.contains { value == .string(ByteString($0)) } }) else {
      throw fields.error(key, value, allowed: "one of those that Kalsae runs: \(known)")
    }
    return try match.init(gguf: file)
  }
}
