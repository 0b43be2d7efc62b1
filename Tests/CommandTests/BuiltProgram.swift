import Foundation

/// The program as it was built beside these tests, run as a person runs it.
struct BuiltProgram {
  struct Result {
    let status: Int32
    let output: String
    let errors: String
  }

  let process = Process()
  private let input = Pipe()
  let output = Pipe()
  private let errors = Pipe()

  /// - Parameter environment: added to what the program needs; nothing else of the caller's is handed on.
  init(_ arguments: [String], environment: [String: String] = [:]) throws {
    let products = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent()
    process.executableURL = products.appendingPathComponent("kalsae")
    process.arguments = arguments
    let own = ProcessInfo.processInfo.environment
    process.environment = own.filter { ["PATH", "HOME", "LD_LIBRARY_PATH"].contains($0.key) }
      .merging(environment) { _, given in given }
    process.standardInput = input
    process.standardOutput = output
    process.standardError = errors
  }

  func start(_ text: [UInt8] = []) throws {
    try process.run()
    try input.fileHandleForWriting.write(contentsOf: Data(text))
    try input.fileHandleForWriting.close()
  }

  /// What the program writes to standard output up to `mark` and whatever comes with it; less where it ends before or has
  /// nothing to say for a minute.
  func output(through mark: String) -> String {
    let file = output.fileHandleForReading
    var waiting = pollfd(fd: file.fileDescriptor, events: Int16(POLLIN), revents: 0)
    var said = ""
    while !said.contains(mark), poll(&waiting, 1, 60_000) > 0 {
      let data = file.availableData
      guard !data.isEmpty else { break }
      said += String(decoding: data, as: UTF8.self)
    }
    return said
  }

  /// Ends a program that still runs, and gives what it wrote until then.
  @discardableResult func end() -> Result {
    // What asks politely is blocked in children of a thread that blocks it, as those of tests do.
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    return finish()
  }

  /// Waits for the end and gives what the program wrote.
  func finish() -> Result {
    let output = output.fileHandleForReading.readDataToEndOfFile()
    let errors = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Result(
      status: process.terminationStatus, output: String(decoding: output, as: UTF8.self),
      errors: String(decoding: errors, as: UTF8.self))
  }

  static func run(
    _ arguments: [String], input: [UInt8] = [], environment: [String: String] = [:]
  ) throws -> Result {
    let program = try BuiltProgram(arguments, environment: environment)
    try program.start(input)
    return program.finish()
  }
}
