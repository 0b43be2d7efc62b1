/// What the program's exit code says; docs/commands.md has the same table.
enum ExitStatus: Int32 {
  case done = 0
  /// A check failed.
  case failedCheck = 1
  /// Usage, model files, prompts.
  case input = 2
  /// None, not the one asked for, out of memory, lost.
  case device = 3
  /// The model computed something that is no number.
  case numeric = 4
  /// Ctrl-C, as shells count signals.
  case interrupted = 130
}
