import Engine

/// Why a command ends early: a sentence for a person and a code for a script.
struct CommandError: Error {
  let status: ExitStatus
  let sentence: String

  init(_ status: ExitStatus, _ sentence: String) {
    self.status = status
    self.sentence = sentence
  }

  /// What an error of the library means to a command.
  ///
  /// - Parameter status: what failed where the error itself does not say.
  init(_ error: any Error, otherwise status: ExitStatus) {
    switch error {
    case let error as CommandError: self = error
    case let error as GenerationError: self.init(error.kind == .numeric ? .numeric : .input, error.description)
    default: self.init(BackendChoice.isDeviceFault(error) ? .device : status, "\(error)")
    }
  }
}
