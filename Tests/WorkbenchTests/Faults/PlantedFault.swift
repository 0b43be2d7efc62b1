import Foundation
import Ops
import ShaderCompiler
import Tensors
import Testing
import VulkanBackend
import Workbench

/// A kind of mistake that people make in kernels, planted by replacing text in shaders.
struct PlantedFault: Sendable, CustomTestStringConvertible {
  /// `original` stands once in the file of that name.
  struct Edit: Sendable {
    let file: String
    let original: String
    let planted: String
  }
  let kind: String
  /// The only variant that is compiled with the fault in it.
  let variant: String
  let edits: [Edit]
  /// What must notice; nil where it may be one or the other. The bit checks only run where values are right.
  var check: ValidationCheck?
  /// Whether it only shows with another tuning than the default.
  var isTuned = false
  /// Cases whose names contain this; empty for all.
  var cases = ""
  /// The first bad element of the first failing case, where that is known beforehand, and what stands there.
  var index: Int?
  var actual: String?

  var testDescription: String { "\(kind) (\(variant))" }
  /// The shader's file without its ending.
  private var file: String { String(variant.split(separator: ".")[0]) }
  /// The kernel that launches it.
  var kernel: String { KernelCatalogue.all.first { $0.files.contains(file) }?.file ?? file }

  /// A fault of one edit in the kernel's own file.
  init(
    _ kind: String, _ variant: String, _ original: String, _ planted: String, check: ValidationCheck? = .values,
    isTuned: Bool = false, cases: String = "", index: Int? = nil, actual: String? = nil
  ) {
    let file = "\(variant.split(separator: ".")[0]).comp"
    self.init(
      kind, variant, [Edit(file: file, original: original, planted: planted)], check: check, isTuned: isTuned,
      cases: cases, index: index, actual: actual)
  }

  init(
    _ kind: String, _ variant: String, _ edits: [Edit], check: ValidationCheck? = .values, isTuned: Bool = false,
    cases: String = "", index: Int? = nil, actual: String? = nil
  ) {
    (self.kind, self.variant, self.edits, self.check) = (kind, variant, edits, check)
    (self.isTuned, self.cases, self.index, self.actual) = (isTuned, cases, index, actual)
  }

  /// The cases to look at: those of the variant's operation in its format.
  func validationCases(seed: UInt64) throws -> [ValidationCase] {
    let pack = try KernelPack.embedded()
    let built = try #require(pack[variant: variant])
    let format = built.format ?? built.element
    return try ValidationCase.catalogue(operations: [built.manifest.op], seed: seed).filter {
      (format == nil || $0.format.name == format) && (cases.isEmpty || $0.candidate.name.contains(cases))
    }
  }

  /// The embedded kernels, one of them compiled from sources with the fault in them.
  func pack() throws -> KernelPack {
    let embedded = try KernelPack.embedded()
    var set = try ShaderSet(folder: URL(filePath: #filePath).appending(path: "../../../../shaders"))
    for edit in edits {
      if let place = set.kernels.firstIndex(where: { $0.name == edit.file }) {
        set.kernels[place].text = try edit.applied(to: set.kernels[place].text)
      } else {
        let text = try #require(set.includes[edit.file], "no shader file \(edit.file)").text
        set.includes[edit.file]?.text = try edit.applied(to: text)
      }
    }
    let kernels = set.kernels.filter { $0.stem == file }
    return embedded.replacing(try set.compile(kernels).variants.filter { $0.name == variant })
  }
}

extension PlantedFault.Edit {
  fileprivate func applied(to text: String) throws -> String {
    let parts = text.components(separatedBy: original)
    try #require(parts.count == 2, "\(original) stands \(parts.count - 1) times in \(file)")
    return parts.joined(separator: planted)
  }
}
