import GPU
import Models
import Ops
import Synchronization
import TestKit
import Testing
import VulkanBackend
import Workbench

/// Parts of the Vulkan validation layer that need no process of their own; `ValidateCommandTests` has the other.
@Suite struct LayerTests {
  /// The auditor is off: the layer alone has to see that a step reads what the one before wrote.
  @Test func aMissingBarrierIsNamed() async throws {
    let layers = InstanceOptions(validation: true, synchronizationValidation: true)
    let device = try VulkanTestDevice(layers: layers) {
      $0.omitsBarriers = true
      $0.auditsHazards = false
    }
    let model = try Model(path: Fixtures.checkpoint("exaone-3.0"))
    _ = await (try ModelValidation(model, seed: 1)).gates(on: device.backend)
    #expect(device.instance.validationMessages.contains { $0.contains("SYNC-HAZARD-READ-AFTER-WRITE") })
  }

  /// A message belongs to the case that was running, also where its first run was silent.
  @Test func aLateMessageFailsItsCase() async throws {
    let looks = Mutex(0)
    let untuned = KernelCatalogue.all.map { UntunedKernel(base: $0) }
    var validation = Validation(try VulkanTestDevice.shared().backend, seed: 1, kernels: untuned)
    validation.layerMessages = {
      let look = looks.withLock { looks in
        looks += 1
        return looks
      }
      return look < 3 ? [] : ["late"]
    }
    let cases = try ValidationCase.catalogue(operations: ["add"], seed: 1)
    let results = try await validation.run(cases)
    #expect(results.map(\.verdict) == [.failed, .passed, .passed, .passed])
    #expect(results[0].reason == "late" && results[0].checks.last == .memory && results[0].checks.contains(.twice))
  }
}
