import Tensors

/// Writes safetensors files, right ones and wrong ones.
struct SafetensorsBytes {
  var header: String
  var data: [UInt8]
  /// What the first eight bytes say; nil for the header's true length.
  var statedLength: UInt64?

  var bytes: [UInt8] {
    let length = statedLength ?? UInt64(header.utf8.count)
    return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + Array(header.utf8) + data
  }

  /// Two matrices, a vector, an integer tensor and one without elements, 62 data bytes in all.
  static let valid = SafetensorsBytes(
    header: """
      {"__metadata__":{"format":"pt"},\
      "a.weight":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},\
      "b.weight":{"dtype":"BF16","shape":[3,4],"data_offsets":[24,48]},\
      "c":{"dtype":"F16","shape":[5],"data_offsets":[48,58]},\
      "empty":{"dtype":"F32","shape":[0,7],"data_offsets":[58,58]},\
      "steps":{"dtype":"I32","shape":[1],"data_offsets":[58,62]}}
      """,
    data: (0..<62).map { UInt8($0) })

  /// The whole numbers of the header, with where they stand.
  var headerIntegers: [(range: Range<String.Index>, value: String)] {
    var found: [(Range<String.Index>, String)] = []
    var index = header.startIndex
    var isInString = false
    while index < header.endIndex {
      if header[index] == "\"" { isInString.toggle() }
      guard !isInString, header[index].isNumber else {
        index = header.index(after: index)
        continue
      }
      let end = header[index...].firstIndex { !$0.isNumber } ?? header.endIndex
      found.append((index..<end, String(header[index..<end])))
      index = end
    }
    return found
  }
}

extension SafetensorsFile {
  /// Everything that a caller can see of the file, for comparing.
  func contents() throws -> [String] {
    try tensors.contents() + unreadable.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
  }
}

extension [StoredTensor] {
  /// Names, shapes and all numbers.
  func contents() throws -> [String] {
    try map { tensor in
      let weight = try Weight([tensor])
      var rows: [[Float]] = []
      for row in 0..<weight.rowCount {
        var values = [Float](repeating: 0, count: weight.columnCount)
        try weight.decode(row: row, into: &values)
        rows.append(values)
      }
      return "\(tensor.name) \(tensor.spec) \(rows)"
    }
  }
}
