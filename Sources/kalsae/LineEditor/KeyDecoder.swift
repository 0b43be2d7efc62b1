/// Turns the bytes of a terminal into keys; a sequence may be split between reads at any byte.
package struct KeyDecoder: Sendable {
  private enum State: Hashable {
    case ground
    case escape
    /// After `ESC [`: the parameter bytes so far.
    case control([UInt8])
    /// After `ESC O`.
    case single
    case character([UInt8], count: Int)
  }

  private static let longestControl = 32
  private static let pasteEnd = Array("\u{1b}[201~".utf8)
  private var state = State.ground
  /// Bytes between the marks of a bracketed paste; nil outside.
  private var pasted: [UInt8]?
  private var keys: [Key] = []

  package init() {}

  package mutating func feed(_ bytes: [UInt8]) -> [Key] {
    for byte in bytes { accept(byte) }
    defer { keys = [] }
    return keys
  }

  private mutating func accept(_ byte: UInt8) {
    if pasted != nil { return acceptPasted(byte) }
    switch state {
    case .ground: acceptGround(byte)
    case .escape: acceptEscaped(byte)
    case .single:
      state = .ground
      acceptFinal(byte, parameters: [])
    case .control(var parameters):
      if (0x40...0x7e).contains(byte) {
        state = .ground
        acceptFinal(byte, parameters: parameters)
      } else if (0x20...0x3f).contains(byte), parameters.count < Self.longestControl {
        parameters.append(byte)
        state = .control(parameters)
      } else {
        state = .ground
        acceptGround(byte)
      }
    case .character(var bytes, let count):
      guard byte & 0xc0 == 0x80 else {
        state = .ground
        append("\u{fffd}")
        return acceptGround(byte)
      }
      bytes.append(byte)
      state = bytes.count == count ? .ground : .character(bytes, count: count)
      if bytes.count == count { append(String(decoding: bytes, as: UTF8.self)) }
    }
  }

  private mutating func acceptGround(_ byte: UInt8) {
    switch byte {
    case 0x1b: state = .escape
    case 0x20...0x7e: append(String(Character(Unicode.Scalar(byte))))
    case 0xc2...0xdf: state = .character([byte], count: 2)
    case 0xe0...0xef: state = .character([byte], count: 3)
    case 0xf0...0xf4: state = .character([byte], count: 4)
    case 0x80...: append("\u{fffd}")
    default: if let key = Self.controlKeys[byte] { keys.append(key) }
    }
  }

  private static let controlKeys: [UInt8: Key] = [
    0x01: .home, 0x02: .left, 0x03: .interrupt, 0x04: .endOfInput, 0x05: .end, 0x06: .right, 0x08: .backspace,
    0x09: .tab, 0x0a: .enter, 0x0b: .deleteToEnd, 0x0c: .clearScreen, 0x0d: .enter, 0x0e: .down, 0x10: .up,
    0x15: .deleteToStart, 0x17: .deleteWordBefore, 0x7f: .backspace,
  ]

  private mutating func acceptEscaped(_ byte: UInt8) {
    state = .ground
    switch byte {
    case UInt8(ascii: "["): state = .control([])
    case UInt8(ascii: "O"): state = .single
    case UInt8(ascii: "b"): keys.append(.wordLeft)
    case UInt8(ascii: "f"): keys.append(.wordRight)
    case UInt8(ascii: "d"): keys.append(.deleteWordAfter)
    case 0x7f, 0x08: keys.append(.deleteWordBefore)
    case 0x0d, 0x0a: keys.append(.newline)
    // A lone Escape means nothing here; what follows it counts.
    default: acceptGround(byte)
    }
  }

  /// The end of `ESC [ parameters final`.
  private mutating func acceptFinal(_ final: UInt8, parameters: [UInt8]) {
    let numbers = parameters.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
      .map { Int(String(decoding: $0, as: UTF8.self)) ?? 0 }
    // A second number above 1 means that Alt or Ctrl is held.
    let isModified = numbers.count > 1 && numbers[1] > 2
    switch final {
    case UInt8(ascii: "A"): keys.append(.up)
    case UInt8(ascii: "B"): keys.append(.down)
    case UInt8(ascii: "C"): keys.append(isModified ? .wordRight : .right)
    case UInt8(ascii: "D"): keys.append(isModified ? .wordLeft : .left)
    case UInt8(ascii: "H"): keys.append(.home)
    case UInt8(ascii: "F"): keys.append(.end)
    case UInt8(ascii: "~"):
      switch numbers.first {
      case 1, 7: keys.append(.home)
      case 4, 8: keys.append(.end)
      case 3: keys.append(isModified ? .deleteWordAfter : .delete)
      case 200: pasted = []
      default: break
      }
    default: break
    }
  }

  private mutating func acceptPasted(_ byte: UInt8) {
    pasted?.append(byte)
    guard byte == UInt8(ascii: "~"), let bytes = pasted, bytes.suffix(Self.pasteEnd.count) == Self.pasteEnd[...] else {
      return
    }
    pasted = nil
    let text = String(decoding: bytes.dropLast(Self.pasteEnd.count), as: UTF8.self)
    keys.append(.paste(text))
  }

  /// Characters that arrive together are one key, so that an input method's commit is redrawn once.
  private mutating func append(_ text: String) {
    if case .text(let earlier)? = keys.last {
      keys[keys.count - 1] = .text(earlier + text)
    } else {
      keys.append(.text(text))
    }
  }
}
