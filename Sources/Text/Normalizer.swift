import Tensors

/// What happens to text before it is cut and merged.
package enum Normalizer: Sendable {
  case form(UnicodeForm)
  case replace([UInt8], with: [UInt8])
  case prepend([UInt8])

  func normalize(_ text: [UInt8]) -> [UInt8] {
    switch self {
    case .form(let form): return form.normalize(text)
    case .prepend(let prefix): return text.isEmpty ? text : prefix + text
    case .replace(let wanted, let replacement):
      var result: [UInt8] = []
      result.reserveCapacity(text.count)
      var position = 0
      while position < text.count {
        if text[position...].starts(with: wanted) {
          result += replacement
          position += wanted.count
        } else {
          result.append(text[position])
          position += 1
        }
      }
      return result
    }
  }
}

extension [Normalizer] {
  package func normalize(_ text: [UInt8]) -> [UInt8] { reduce(text) { $1.normalize($0) } }
}
