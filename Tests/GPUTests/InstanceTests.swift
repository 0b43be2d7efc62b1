import Foundation
import GPU
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

    /// The name of the thread that runs this, after a while that would starve a small pool.
    func step(blocking: Bool) -> String? {
      if blocking { Thread.sleep(forTimeInterval: 0.001) }
      count += 1
      return Thread.current.name
    }
  }

  @Test func jobsRunOnTheirOwnThreadOneByOne() async {
    let worker = Worker()
    let names = await withTaskGroup(of: String?.self) { group in
      for _ in 0..<200 { group.addTask { await worker.step(blocking: true) } }
      return await group.reduce(into: Set<String?>()) { $0.insert($1) }
    }
    #expect(names == ["worker"])
    #expect(await worker.count == 200)
  }

  @Test func manyThreadsComeAndGo() async {
    for _ in 0..<100 {
      let worker = Worker()
      #expect(await worker.step(blocking: false) == "worker")
    }
  }
}
