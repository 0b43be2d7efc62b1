/// The Swift file that carries a kernel pack.
enum KernelPackSource {
  // The Swift compiler reads literals of this size fast; one literal of megabytes makes it slow.
  private static let chunkLength = 1 << 16

  static func text(base64: String) -> String {
    var lines = [
      "// Written by kernel-pack from the shaders folder; a build overwrites it.",
      "enum EmbeddedKernelPack {",
      "  static let base64: [StaticString] = [",
    ]
    var rest = base64.utf8[...]
    while !rest.isEmpty {
      lines.append("    \"\(Substring(rest.prefix(chunkLength)))\",")
      rest = rest.dropFirst(chunkLength)
    }
    lines += ["  ]", "}", ""]
    return lines.joined(separator: "\n")
  }
}
