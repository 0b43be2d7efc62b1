import Foundation
import GPU
import Models
import Ops
import ShaderCompiler
import Tensors
import TestKit
import Testing
import VulkanBackend
import Workbench

@Suite(.serialized) struct TuningTableTests {
  /// A matrix product of `rows` × `n` × `k` on a device without a driver.
  private static func request(rows: Int, n: Int = 96, k: Int = 64, isCPU: Bool = true) throws -> LaunchRequest {
    var program = Program()
    let x = program.input("x", rows: .tokens, columns: k)
    let weight = program.weight(["w"], rows: n, columns: k)
    program.keep(try program.append(Linear(), [x, weight], name: "y"))
    let profile = DeviceProfile(
      subgroupSize: 8, isCPU: isCPU, bindingByteCount: 1 << 27, bindingAlignment: 16, workgroupSize: 1024,
      capabilities: ["subgroup_arithmetic", "subgroup_ballot"])
    let planner = Planner(
      program: program, limits: ExecutionLimits(tokenCount: rows, pageCount: 9, pagesPerSequence: 9), profile: profile,
      weightSegments: [weight: [WeightRows(0..<n, .f16)]],
      availableVariants: Set(try KernelPack.embedded().variants.map(\.name)))
    return planner.request(for: program.steps[0], tokenCount: rows)
  }

  private static func table(_ request: LaunchRequest, kernel: String, tuning: Tuning, code: String = "1") -> TuningTable
  {
    var table = TuningTable(device: "d", vendorID: 1, deviceID: 2, driver: "v", date: "2026-11-24")
    table.entries[WorkClass(request)] = TuningTable.Entry(
      kernel: kernel, tuning: tuning, ratio: 0.5, nanoseconds: 1, caseName: "c", code: code)
    return table
  }

  @Test func classesRoundSizesDown() throws {
    #expect(WorkClass(try Self.request(rows: 5)).rawValue == "linear f16 4×64×64")
    #expect(WorkClass(try Self.request(rows: 7, n: 127, k: 65)) == WorkClass(try Self.request(rows: 5)))
    #expect(WorkClass(try Self.request(rows: 512)).rawValue == "linear f16 256×64×64")
  }

  @Test func aLegalChoiceIsTakenAndAnotherIsNot() throws {
    let request = try Self.request(rows: 1)
    let legal: Tuning = ["ROWS": 8, "TOKENS": 1]
    let choice = try #require(Self.table(request, kernel: "linear_lane", tuning: legal).choice(for: request))
    #expect(choice.kernel.file == "linear_lane" && choice.tuning == legal)
    #expect(Self.table(request, kernel: "linear_lane", tuning: ["ROWS": 7]).choice(for: request) == nil)
    #expect(Self.table(request, kernel: "no_such", tuning: legal).choice(for: request) == nil)
    // A kernel for GPUs has other bits than those for CPU drivers.
    let gpu: Tuning = ["ROWS": 2, "TOKENS": 1]
    #expect(Self.table(request, kernel: "linear_subgroup", tuning: gpu).choice(for: request) == nil)
    #expect(
      Self.table(try Self.request(rows: 1, n: 999), kernel: "linear_lane", tuning: legal).choice(for: request) == nil)
  }

  @Test func otherCodeMakesAnEntryStale() throws {
    let request = try Self.request(rows: 1)
    let table = Self.table(request, kernel: "linear_lane", tuning: ["ROWS": 8, "TOKENS": 1], code: "a")
    #expect(table.choice(for: request, codes: ["linear_lane": "a"]) != nil)
    #expect(table.choice(for: request, codes: ["linear_lane": "b"]) == nil)
  }

  @Test func filesComeBackAndBrokenOnesAreTold() throws {
    let folder = try TemporaryFolder()
    let store = TuningStore(folder: folder.path)
    var device = PhysicalDevice(index: 0, name: "d", deviceUUID: "00ff")
    device.driverVersion = "1.2/../3"
    #expect(!store.path(for: device).dropFirst(folder.path.count + 1).contains("/"))
    let request = try Self.request(rows: 1)
    let pack = try KernelPack.embedded()
    var table = Self.table(
      request, kernel: "linear_lane", tuning: ["ROWS": 8, "TOKENS": 1], code: pack.code(of: "linear_lane"))
    table.entries[WorkClass(rawValue: "stale")] = TuningTable.Entry(
      kernel: "linear_lane", tuning: [:], ratio: 1, nanoseconds: 1, caseName: "c", code: "old")
    try store.save(table, for: device)
    #expect(store.stored(for: device) == table)
    #expect(store.table(for: device, pack: pack)?.entries.count == 1)
    #expect(store.reset(device) && !store.reset(device))
    #expect(throws: TuningFileError.self) { try TuningStore.read(store.path(for: device)) }
  }

  /// The search keeps the default or something legal with its bits, and plans then take it.
  @Test func whatTheSearchKeepsIsLegalAndChangesNoBit() async throws {
    let backend = try VulkanTestDevice.unguarded().backend
    let cases = try ModelCases(try Model(path: Fixtures.checkpoint("exaone-3.0")))
    let tuner = Tuner(backend)
    let tasks = try tuner.tasks(cases, rows: [1, 9], context: 20)
    #expect(Set(tasks.map(\.workClass)).count == tasks.count)
    let task = try #require(tasks.first { $0.work.operationName == "linear" })
    let outcome = try await tuner.tune(task, budgetSeconds: 1)
    let entry: TuningTable.Entry
    switch outcome {
    case .kept(let kept): entry = kept
    case .improved(let improved): entry = improved
    case .skipped(let reason): throw ProgramError(reason)
    }
    var table = TuningTable(backend.device.physical)
    table.entries[task.workClass] = entry
    let request = try task.work.request(on: backend)
    #expect(table.choice(for: request, codes: backend.pack.codes)?.tuning == entry.tuning)
  }
}

extension TuningTableTests {
  /// Whatever ships must be readable and name kernels that there are.
  @Test(arguments: ShippedTunings.texts)
  func whatShipsIsSound(_ text: String) throws {
    let table = try JSONDecoder().decode(TuningTable.self, from: Data(text.utf8))
    #expect(!table.entries.isEmpty && !table.driver.isEmpty && !table.date.isEmpty)
    let files = Set(KernelCatalogue.all.map(\.file))
    #expect(table.entries.values.allSatisfy { files.contains($0.kernel) && $0.ratio < 1 })
  }
}
