import ArgumentParser
import Ops

/// Refuses names that no catalogue has.
enum NameCheck {
  /// - Throws: `ValidationError` that lists the names there are.
  static func check(_ name: String?, of kind: String, among names: [String]) throws {
    guard let name, !names.contains(name) else { return }
    throw ValidationError("there is no \(kind) \(name); there are \(names.joined(separator: ", "))")
  }

  static func operation(_ name: String?) throws {
    try check(name, of: "operation", among: OperationCatalogue.all.map { $0.name })
  }
}
