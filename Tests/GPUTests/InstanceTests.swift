import Foundation
import GPU
import Synchronization
import Testing

@Suite(.serialized) struct InstanceTests {
  @Test func devicesAreDescribed() throws {
    let instance = try Instance(InstanceOptions(validation: true))
    let devices = try instance.physicalDevices()
    #expect(!devices.isEmpty)
    for device in devices where device.rejection == nil {
      #expect(!device.name.isEmpty && !device.driverName.isEmpty)
      #expect(device.deviceUUID.count == 32 && device.driverUUID.count == 32)
      #expect(device.apiVersion.split(separator: ".").count == 3)
      #expect(device.deviceLocalByteCount > 0 && !device.heaps.isEmpty)
      #expect(device.subgroupSize.nonzeroBitCount == 1 && device.subgroupSizeRange.contains(device.subgroupSize))
      #expect(device.maximumWorkgroupInvocations >= 128 && device.sharedMemoryByteCount >= 16384)
      #expect(device.maximumStorageBufferRange >= 1 << 27 && device.maximumAllocationByteCount >= 1 << 30)
      #expect(device.storageBufferAlignment <= 256 && device.maximumPushConstantByteCount >= 128)
      #expect(device.features.timelineSemaphore && device.features.names.contains("timelineSemaphore"))
      #expect(device.features.memoryBudget == (device.heaps[0].budgetByteCount != nil))
    }
    #expect(devices.map(\.index) == Array(devices.indices))
    #expect(instance.validationMessages == [])
  }

  @Test func noDriverIsAnEmptyList() async {
    await #expect(processExitsWith: .success) {
      setenv("VK_DRIVER_FILES", "/nonexistent/driver.json", 1)
      setenv("VK_ICD_FILENAMES", "/nonexistent/driver.json", 1)
      let devices = try Instance().physicalDevices()
      guard devices.isEmpty, Instance.environmentNotes.contains("VK_DRIVER_FILES=/nonexistent/driver.json") else {
        exit(1)
      }
    }
  }

  @Test func missingValidationLayerIsNamed() async {
    await #expect(processExitsWith: .success) {
      setenv("VK_LAYER_PATH", "/nonexistent", 1)
      do throws(GPUError) {
        _ = try Instance(InstanceOptions(validation: true))
        exit(1)
      } catch {
        exit(error.kind == .notFound && error.description.contains("vulkan-validationlayers") ? 0 : 2)
      }
    }
  }

  @Test func rejectedDeviceIsNotOpened() throws {
    let instance = try Instance()
    var device = try testDevice(instance)
    device.rejection = "it is a test"
    let error = #expect(throws: GPUError.self) { try Device(device, instance: instance) }
    #expect(error?.description.contains("it is a test") == true)
    #expect(throws: GPUError.self) { try Device(PhysicalDevice(name: "paper"), instance: instance) }
  }
}

@Suite struct QueueThreadTests {
  private actor Worker {
    private let thread = QueueThread(name: "worker")
    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }
    private(set) var count = 0

    /// The number of the thread that runs this, after a while that would starve a small pool.
    func step() -> UInt {
      Thread.sleep(forTimeInterval: 0.001)
      count += 1
      return UInt(pthread_self())
    }
  }

  /// More workers at once than the cooperative pool has threads, each on one thread that no other has.
  @Test func eachExecutorHasItsOwnThread() async {
    let workers = (0..<64).map { _ in Worker() }
    let threads = await withTaskGroup(of: (Int, UInt).self) { group in
      for index in 0..<256 { group.addTask { (index % 64, await workers[index % 64].step()) } }
      return await group.reduce(into: [Int: Set<UInt>]()) { $0[$1.0, default: []].insert($1.1) }
    }
    #expect(threads.values.allSatisfy { $0.count == 1 })
    #expect(Set(threads.values.flatMap { $0 }).count == 64)
    for worker in workers { #expect(await worker.count == 4) }
  }

  @Test func manyThreadsComeAndGo() async {
    for _ in 0..<100 {
      let worker = Worker()
      let first = await worker.step()
      #expect(await worker.step() == first)
    }
  }

  /// What the program does before `exit`, wherever the last reference goes.
  @Test func theProgramWaitsForItsInstances() async {
    await #expect(processExitsWith: .success) {
      let held = Mutex<Instance?>(try Instance())
      if Instance.waitUntilAllEnded(seconds: 0.05) { exit(1) }
      Thread.detachNewThread {
        Thread.sleep(forTimeInterval: 0.1)
        held.withLock { $0 = nil }
      }
      if !Instance.waitUntilAllEnded(seconds: 30) { exit(2) }
    }
  }
}
