import ArgumentParser
import Workbench

/// `kalsae bench compare`: whether B differs from A by more than noise.
struct BenchCompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Compare two measurements, row by row.",
    discussion: """
      Takes what `bench model` or `bench kernels` printed as json or jsonl, or llama-bench's. Exit code 1 where a row of B \
      is slower than A by more than noise, after all rows are considered together. On a machine with other work, measure in \
      turns and say --paired: of each turn the fastest run counts, and what slows both alike drops out.

      EXAMPLES
        kalsae bench -o json > a.json; kalsae bench -o json > b.json; kalsae bench compare a.json b.json
        for i in `seq 30`; do
          ./before bench -r 3 -o jsonl >> a.jsonl; ./after bench -r 3 -o jsonl >> b.jsonl
        done; kalsae bench compare --paired a.jsonl b.jsonl
      """)

  @Argument(help: "The measurement before.")
  var a: String

  @Argument(help: "The measurement after.")
  var b: String

  @Flag(help: "The rows of A and B were measured in turns.")
  var paired = false

  @OptionGroup var table: TableOptions

  mutating func run() throws {
    let console = Console()
    do {
      let comparison = BenchComparison(a: try read(a), b: try read(b), aName: a, bName: b, isPaired: paired)
      console.write(comparison.table.rendered(as: table.output))
      guard comparison.isConclusive else {
        throw CommandError(
          .input,
          paired
            ? "no row was measured as often in \(a) as in \(b): measure them in turns, as json or jsonl"
            : "\(a) and \(b) have no row with samples in common: measure the same in both, as json or jsonl")
      }
      if comparison.hasRegression { throw ExitCode(ExitStatus.failedCheck.rawValue) }
    } catch let error as ExitCode {
      throw error
    } catch {
      throw CommandError(error, otherwise: .input)
    }
  }

  private func read(_ path: String) throws -> ResultTable {
    do { return try ResultTable.read(try InputText.file(path)) } catch let error as TableError {
      throw CommandError(.input, "\(path): \(error)")
    }
  }
}
