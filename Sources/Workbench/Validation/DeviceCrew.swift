package import VulkanBackend

/// Openings of one device that share work.
package struct DeviceCrew: Sendable {
  package let backends: [VulkanBackend]

  package init(_ backends: [VulkanBackend]) { self.backends = backends }

  /// How many are worth it: a CPU driver compiles on the one thread that it runs on.
  package static func size(isCPU: Bool, coreCount: Int) -> Int { isCPU ? max(1, coreCount) : 1 }

  /// What `body` gives, in the order of the items.
  ///
  /// - Parameter key: items with the same one stay on one backend, so that what was compiled serves again.
  func map<Item: Sendable, Output: Sendable>(
    _ items: [Item], groupedBy key: (Item) -> [String],
    _ body: @escaping @Sendable (Item, VulkanBackend) async throws -> Output
  ) async throws -> [Output] {
    let groups = Dictionary(grouping: items.indices) { key(items[$0]) }.values.sorted { $0[0] < $1[0] }
    return try await withThrowingTaskGroup(of: (VulkanBackend, [(Int, Output)]).self) { tasks in
      var waiting = groups[...]
      func start(on backend: VulkanBackend) {
        guard let group = waiting.popFirst() else { return }
        tasks.addTask {
          var outputs: [(Int, Output)] = []
          for index in group { outputs.append((index, try await body(items[index], backend))) }
          return (backend, outputs)
        }
      }
      for backend in backends { start(on: backend) }
      var outputs: [(Int, Output)] = []
      while let (backend, done) = try await tasks.next() {
        outputs += done
        start(on: backend)
      }
      return outputs.sorted { $0.0 < $1.0 }.map { $0.1 }
    }
  }
}
