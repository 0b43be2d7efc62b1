import GPU
import Models
import TestKit
import Testing
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
    let model = try Model(directory: Fixtures.checkpoint("exaone-3.0"))
    _ = await (try ModelValidation(model, seed: 1)).gates(on: device.backend)
    #expect(device.instance.validationMessages.contains { $0.contains("SYNC-HAZARD-READ-AFTER-WRITE") })
  }
}
