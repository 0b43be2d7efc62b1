public import Tensors

/// How a conversation becomes ids that end where the model's answer begins.
public enum ChatFormat: Sendable, Hashable {
  /// EXAONE 3.0 and 3.5: `[|user|]…\n[|assistant|]…[|endofturn|]\n`.
  case exaone3
  /// Llama 3.1: `<|start_header_id|>user<|end_header_id|>\n\n…<|eot_id|>`.
  case llama31

  /// Recognises the format of a checkpoint.
  ///
  /// - Parameters:
  ///   - modelType: `model_type` of its config.json.
  ///   - template: its chat template, nil where it has none.
  /// - Throws: `TokenizerError` that names the formats that exist.
  public init(modelType: String, template: String?) throws(TokenizerError) {
    let formats = "Known are the formats of EXAONE 3.0/3.5 and Llama 3.1; with --raw the prompt goes in as it is."
    guard let template else {
      guard modelType == "exaone" else {
        throw TokenizerError("this checkpoint of type \"\(modelType)\" has no chat template. \(formats)")
      }
      self = .exaone3
      return
    }
    let text = ChatTemplateText(template)
    if text.isExaone3 {
      self = .exaone3
    } else if text.isLlama31 {
      self = .llama31
    } else {
      throw TokenizerError("the chat template of this checkpoint of type \"\(modelType)\" is not known. \(formats)")
    }
  }

  /// Reads the template of a folder: chat_template.jinja, or else `chat_template` of tokenizer_config.json.
  public init(modelType: String, directory: String) throws(TokenizerError) {
    try self.init(modelType: modelType, template: try ChatTemplateText.template(in: directory))
  }

  /// Reads the template of a GGUF file.
  public init(modelType: String, metadata: GGUFMetadata) throws(TokenizerError) {
    let template: ByteString?
    do throws(TensorError) {
      template = try metadata.text("tokenizer.chat_template")
    } catch {
      throw TokenizerError(error)
    }
    try self.init(modelType: modelType, template: template?.description)
  }

  /// A part of a conversation: text that the format writes, or text that a person wrote.
  package enum Part: Equatable {
    case control(String)
    case text(String)
  }

  /// The ids of a conversation, ending with what invites the answer.
  ///
  /// Text of messages never becomes a control token, also where it reads like one.
  public func encode(_ messages: [ChatMessage], tokenizer: Tokenizer) -> [Int32] {
    parts(messages).flatMap { part in
      switch part {
      case .control(let text): tokenizer.encode(Array(text.utf8), addSpecialTokens: false)
      case .text(let text): tokenizer.encode(Array(text.utf8), addSpecialTokens: false, recognisingSpecial: false)
      }
    }
  }

  /// The control tokens of this format that a tokenizer lacks; a format is of use only where there are none.
  public func missingTokens(in tokenizer: Tokenizer) -> [String] {
    let messages = ChatMessage.Role.allCases.map { ChatMessage(role: $0, content: "") }
    var missing: [String] = []
    for case .control(let token) in parts(messages) where tokenizer.id(of: token) == nil && !missing.contains(token) {
      missing.append(token)
    }
    return missing
  }

  /// What stands between two control tokens is one part, since merges reach across message and line break.
  package func parts(_ messages: [ChatMessage]) -> [Part] {
    switch self {
    case .exaone3: exaone3(messages)
    case .llama31: llama31(messages)
    }
  }

  private func exaone3(_ messages: [ChatMessage]) -> [Part] {
    var parts: [Part] = []
    if let first = messages.first, first.role != .system {
      parts += [.control("[|system|]"), .control("[|endofturn|]"), .text("\n")]
    }
    for message in messages {
      parts.append(.control("[|\(message.role.rawValue)|]"))
      if message.role == .user {
        parts.append(.text(message.content + "\n"))
      } else {
        parts += [.text(message.content), .control("[|endofturn|]"), .text("\n")]
      }
    }
    return parts + [.control("[|assistant|]")]
  }

  private func llama31(_ messages: [ChatMessage]) -> [Part] {
    var parts: [Part] = [.control("<|begin_of_text|>")]
    func open(_ role: ChatMessage.Role) {
      parts += [.control("<|start_header_id|>"), .text(role.rawValue), .control("<|end_header_id|>")]
    }
    var rest = messages[...]
    var system = ""
    if let first = rest.first, first.role == .system {
      system = first.content.trimmed
      rest = rest.dropFirst()
    }
    open(.system)
    let dates = "\n\nCutting Knowledge Date: December 2023\nToday Date: 26 Jul 2024\n\n"
    parts += [.text(dates + system), .control("<|eot_id|>")]
    for message in rest {
      open(message.role)
      parts += [.text("\n\n" + message.content.trimmed), .control("<|eot_id|>")]
    }
    open(.assistant)
    return parts + [.text("\n\n")]
  }
}

extension String {
  /// Without the blanks at both ends, by Python's idea of a blank, which templates are written for.
  fileprivate var trimmed: String {
    func isBlank(_ scalar: Unicode.Scalar) -> Bool {
      scalar.properties.isWhitespace || (0x1c...0x1f).contains(scalar.value)
    }
    var text = unicodeScalars[...]
    while let first = text.first, isBlank(first) { text.removeFirst() }
    while let last = text.last, isBlank(last) { text.removeLast() }
    return String(String.UnicodeScalarView(text))
  }
}
