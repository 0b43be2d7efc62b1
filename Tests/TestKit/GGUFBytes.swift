/// Writes GGUF files, right ones and wrong ones.
public struct GGUFBytes: Sendable {
  /// A value of the metadata: its type's number and its bytes.
  public struct Value: Sendable {
    public var type: UInt32
    public var bytes: [UInt8]

    public init(type: UInt32, bytes: [UInt8]) {
      self.type = type
      self.bytes = bytes
    }
  }
  public struct Tensor: Sendable {
    public var name: String
    /// The fastest first, as such files have them.
    public var extents: [UInt64]
    public var type: UInt32
    public var data: [UInt8]
    /// From the first data byte; nil for where the data really lies.
    public var offset: UInt64?

    public init(_ name: String, _ extents: [UInt64], type: UInt32, data: [UInt8], offset: UInt64? = nil) {
      self.name = name
      self.extents = extents
      self.type = type
      self.data = data
      self.offset = offset
    }
  }
  public var magic = Array("GGUF".utf8)
  public var version: UInt32 = 3
  /// What the file says; nil for the truth.
  public var tensorCount: UInt64?
  public var valueCount: UInt64?
  public var values: [(key: String, value: Value)] = []
  public var tensors: [Tensor] = []
  /// What data is really aligned to.
  public var alignment = 32

  public init() {}

  public var bytes: [UInt8] {
    var header = magic + version.littleEndianBytes
    header += (tensorCount ?? UInt64(tensors.count)).littleEndianBytes
    header += (valueCount ?? UInt64(values.count)).littleEndianBytes
    for (key, value) in values { header += key.gguf + value.type.littleEndianBytes + value.bytes }
    var data: [UInt8] = []
    for tensor in tensors {
      data.append(contentsOf: [UInt8](repeating: 0, count: padding(data.count)))
      header += tensor.name.gguf + UInt32(tensor.extents.count).littleEndianBytes
      header += tensor.extents.flatMap(\.littleEndianBytes) + tensor.type.littleEndianBytes
      header += (tensor.offset ?? UInt64(data.count)).littleEndianBytes
      data += tensor.data
    }
    return header + [UInt8](repeating: 0, count: padding(header.count)) + data
  }

  private func padding(_ count: Int) -> Int { (alignment - count % alignment) % alignment }
}

extension GGUFBytes.Value {
  public static func uint32(_ value: UInt32) -> Self { Self(type: 4, bytes: value.littleEndianBytes) }
  public static func float32(_ value: Float) -> Self { Self(type: 6, bytes: value.bitPattern.littleEndianBytes) }
  public static func bool(_ value: Bool) -> Self { Self(type: 7, bytes: [value ? 1 : 0]) }
  public static func string(_ value: String) -> Self { Self(type: 8, bytes: value.gguf) }
  public static func uint64(_ value: UInt64) -> Self { Self(type: 10, bytes: value.littleEndianBytes) }
  public static func strings(_ values: [String]) -> Self {
    list(of: 8, count: UInt64(values.count), values.flatMap(\.gguf))
  }
  public static func int32s(_ values: [Int32]) -> Self {
    list(of: 5, count: UInt64(values.count), values.flatMap(\.littleEndianBytes))
  }
  /// A list whose count need not be true.
  public static func list(of type: UInt32, count: UInt64, _ bytes: [UInt8]) -> Self {
    Self(type: 9, bytes: type.littleEndianBytes + count.littleEndianBytes + bytes)
  }
}

extension FixedWidthInteger {
  fileprivate var littleEndianBytes: [UInt8] {
    (0..<(Self.bitWidth / 8)).map { UInt8(truncatingIfNeeded: self >> Self(8 * $0)) }
  }
}

extension String {
  /// Length and bytes.
  fileprivate var gguf: [UInt8] { UInt64(utf8.count).littleEndianBytes + Array(utf8) }
}
