import Foundation
import Tensors

/// A chat template looked at as text: it is recognised, never run.
struct ChatTemplateText {
  private let template: String
  /// The quoted texts of the template, escapes resolved.
  private var literals: Set<String> = []
  /// All of the template but its quoted texts.
  private var code = ""

  init(_ template: String) {
    self.template = template
    var quote: Character?
    var literal = ""
    var isEscaped = false
    for character in template {
      if let open = quote {
        if isEscaped {
          literal.append(character == "n" ? "\n" : character)
          isEscaped = false
        } else if character == "\\" {
          isEscaped = true
        } else if character == open {
          literals.insert(literal)
          quote = nil
        } else {
          literal.append(character)
        }
      } else if character == "'" || character == "\"" {
        (quote, literal) = (character, "")
      } else {
        code.append(character)
      }
    }
  }

  /// All that a template of EXAONE 3.0 and 3.5 quotes, in the ways to cut it.
  private static let exaone3: Set<String> = [
    "role", "content", "system", "user", "assistant", "\n", "[|", "|]", "[|system|]", "[|user|]", "[|assistant|]",
    "[|endofturn|]", "[|endofturn|]\n", "[|system|][|endofturn|]\n",
  ]

  /// True where nothing is quoted that the format lacks, and content is taken as it is.
  var isExaone3: Bool {
    let endsTurns = !literals.isDisjoint(with: ["[|endofturn|]", "[|endofturn|]\n"])
    let fillsSystem = literals.contains("[|system|][|endofturn|]\n") || code.contains("[|system|][|endofturn|]")
    let changes = ["trim", "strip", "split", "replace", "upper", "lower", "tools", "raise_exception"]
    return literals.isSubset(of: Self.exaone3) && literals.contains("[|assistant|]") && endsTurns && fillsSystem
      && !changes.contains(where: code.contains) && code.contains("add_generation_prompt")
  }

  var isLlama31: Bool {
    let marks = [
      "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>", "Cutting Knowledge Date: December 2023",
      "Today Date: ", "26 Jul 2024",
    ]
    return marks.allSatisfy(template.contains) && code.contains("trim") && !code.contains("strftime_now")
  }

  /// The template that a checkpoint's folder holds, nil where it holds none.
  static func template(in directory: String) throws(TokenizerError) -> String? {
    let jinja = directory + "/chat_template.jinja"
    if let data = FileManager.default.contents(atPath: jinja) { return String(decoding: data, as: UTF8.self) }
    let path = directory + "/tokenizer_config.json"
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    let configuration: JSONValue
    do throws(TensorError) { configuration = try JSONValue(path: path) } catch { throw TokenizerError(error) }
    guard let template = configuration["chat_template"], !template.isNull else { return nil }
    if let text = template.string { return text }
    for entry in template.array ?? [] where entry["name"]?.byteString == "default" {
      if let text = entry["template"]?.string { return text }
    }
    throw TokenizerError("\(path): \"chat_template\" is neither a text nor a list with one named \"default\"")
  }
}
