import ArgumentParser
import CTerminal
import Foundation
import GPU

/// The program: subcommands, and the one place where errors become a sentence and an exit code.
@main
enum Main {
  @MainActor static func main() async {
    do {
      var command = try Kalsae.parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
      leave(with: ExitCode.success.rawValue)
    } catch {
      leave(with: status(of: error))
    }
  }

  /// Says what is to be said of an error.
  private static func status(of error: any Error) -> Int32 {
    if let error = error as? CommandError {
      Console.standardError("kalsae: \(error.sentence)\n")
      return error.status.rawValue
    }
    if let code = error as? ExitCode { return code.rawValue }
    // Help and version are not errors; the parser prints them itself.
    guard Kalsae.exitCode(for: error) != .success else { Kalsae.exit(withError: error) }
    let message = Kalsae.message(for: error).split(separator: "\n").joined(separator: " ")
    Console.standardError("kalsae: \(message) (kalsae --help, kalsae COMMAND --help)\n")
    return ExitStatus.input.rawValue
  }

  /// Drivers must be gone before `exit` runs what they left for it; one that hangs never goes, and stays out of it.
  private static func leave(with status: Int32) -> Never {
    if Instance.waitUntilAllEnded(seconds: 2) { exit(status) }
    kalsae_terminal_leave()
    _exit(status)
  }
}

struct Kalsae: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kalsae",
    abstract: "Runs EXAONE language models and their peers on any GPU through Vulkan.",
    discussion: """
      Begin with
        kalsae run "대한민국의 수도는 어디인가요?"
      which answers with the small model that comes with Kalsae, on the best Vulkan device of this machine (Mesa's CPU \
      driver where there is no GPU). A model is a folder as Hugging Face hands it out (config.json, tokenizer.json and \
      safetensors files) or a GGUF file.

      EXIT CODES
        0    done
        1    a check failed (validate, pipelines, devices --probe, bench compare)
        2    bad input: usage, model files, a prompt that does not fit
        3    device: none, not the one asked for, out of memory, lost; nothing fits (devices --fit)
        4    the model computed something that is no number
        130  stopped by Ctrl-C

      ENVIRONMENT
        KALSAE_DEVICE      as --device, which goes before it
        KALSAE_DEMO_MODEL  folder of the model used without --model
        NO_COLOR           no colours, also on a terminal
      """,
    version: "0.1.0",
    subcommands: [
      RunCommand.self, ChatCommand.self, TokenizeCommand.self, DetokenizeCommand.self, LogitsCommand.self,
      PerplexityCommand.self,
      InspectCommand.self, DevicesCommand.self, ValidateCommand.self, BenchCommand.self, ProfileCommand.self,
      TuneCommand.self,
      PipelinesCommand.self, ReportCommand.self,
    ])
}
