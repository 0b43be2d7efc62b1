import ArgumentParser
import Workbench

/// `kalsae bench`: how fast models and kernels are, and whether one measurement differs from another.
struct BenchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measure models and kernels, and compare measurements.",
    subcommands: [BenchModelCommand.self, BenchKernelsCommand.self, BenchCompareCommand.self],
    defaultSubcommand: BenchModelCommand.self)
}

/// Numbers joined by commas, such as `128,512`.
struct CountList: ExpressibleByArgument {
  let counts: [Int]

  init(_ counts: [Int]) { self.counts = counts }

  init?(argument: String) {
    var counts: [Int] = []
    for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
      guard let count = Int(part), count >= 0 else { return nil }
      counts.append(count)
    }
    self.counts = counts
  }

  var defaultValueDescription: String { counts.map { "\($0)" }.joined(separator: ",") }
}

extension TableForm: ExpressibleByArgument {}

/// How a table of results is written.
struct TableOptions: ParsableArguments {
  @Option(name: [.short, .long], help: ArgumentHelp("Print text, md, csv, json, jsonl or sql.", valueName: "form"))
  var output: TableForm = .text
}
