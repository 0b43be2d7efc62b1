import GPU
import Ops
package import VulkanBackend

/// Finds, for each class of work, the kernel and tuning that are fastest on a device and change no bit.
package struct Tuner: Sendable {
  /// A class of work with the case that stands for it.
  package struct Task: Sendable {
    package let workClass: WorkClass
    package let work: ValidationCase
    /// Whether it is work of prompts, where these take other kernels.
    package let isPrompt: Bool
    /// Steps of the model that are such work.
    package let stepCount: Int
  }

  package enum Outcome: Sendable {
    /// Nothing was faster than the default by more than noise.
    case kept(TuningTable.Entry)
    case improved(TuningTable.Entry)
    /// The work cannot be run, or its default is wrong; the reason.
    case skipped(String)
  }

  private let backend: VulkanBackend
  private let seed: UInt64
  /// Pairs of runs, default and candidate in turns, that decide at the end.
  private static let finalPairs = 15
  /// Rounds in which the slower half of the candidates goes.
  private static let mostRounds = 6

  package init(_ backend: VulkanBackend, seed: UInt64 = 1) {
    self.backend = backend
    self.seed = seed
  }

  /// Rows that plans are recorded for.
  package static let rowCounts = [1, 4, 8, 16, 64, 256]

  /// The classes of work of a model, each once.
  package func tasks(_ cases: ModelCases, rows: [Int] = rowCounts, context: Int) throws -> [Task] {
    var tasks: [Task] = []
    var known: Set<WorkClass> = []
    for count in rows {
      for (work, stepCount) in try cases.cases(rows: count, context: max(context, count)) {
        for isPrompt in count == 1 ? [false] : [false, true] {
          let workClass = WorkClass(try work.request(on: backend, isPrompt: isPrompt))
          guard known.insert(workClass).inserted else { continue }
          tasks.append(Task(workClass: workClass, work: work, isPrompt: isPrompt, stepCount: stepCount))
        }
      }
    }
    return tasks
  }

  /// Measures one class of work for about `budgetSeconds`.
  ///
  /// - Throws: `CancellationError` where the task is cancelled; nothing is lost but this class.
  package func tune(_ task: Task, budgetSeconds: Double) async throws -> Outcome {
    do {
      let request = try task.work.request(on: backend, isPrompt: task.isPrompt)
      guard let search = try await TuneSearch(task.work, request: request, backend: backend, seed: seed) else {
        return .skipped("no kernel serves it on this device")
      }
      if let fault = search.fault { return .skipped(fault) }
      let winner = try await search.winner(budgetSeconds: budgetSeconds, mostRounds: Self.mostRounds)
      guard let winner else { return .kept(search.entry(nil, ratio: 1)) }
      let comparison = try await search.compare(winner, pairs: Self.finalPairs)
      guard comparison.verdict == .faster else { return .kept(search.entry(nil, ratio: 1)) }
      return .improved(search.entry(winner, ratio: comparison.ratio))
    } catch let error as GPUError where error.isOutOfMemory {
      return .skipped("memory does not suffice: \(error)")
    }
  }
}
