import Foundation
import GPU
import TestKit
import Testing

@Suite(.serialized) struct PipelineStatisticsTests {
  @Test(arguments: [true, false])
  func figuresComeWhereTheDeviceHasThem(captures: Bool) throws {
    try withDevice(DeviceOptions(pipelineCacheDirectory: nil, capturesPipelineStatistics: captures)) { device in
      let pipeline = try device.makePipeline(.affine())
      let isTold = captures && device.physical.features.pipelineExecutableProperties
      #expect(try pipeline.statistics().isEmpty != isTold)
      #expect(try pipeline.texts().isEmpty != isTold)
    }
  }

  /// RDNA 3; GCN with its one subgroup size; a processor's GPU, whose driver would crash at a question about memory.
  @Test(.enabled(if: PaperGPU.driver != nil), arguments: ["navi31", "vega20", "gfx1151"])
  func aGPUThatIsNotThereCompiles(family: String) async {
    await #expect(processExitsWith: .success) { [family] in
      for (name, value) in PaperGPU.environment(family) { setenv(name, value, 1) }
      let instance = try Instance()
      let compiler = try PipelineCompiler(
        DeviceSelection.choose(from: try instance.physicalDevices(), request: nil).device, instance: instance)
      let subgroupSize = compiler.physical.subgroupSize
      var description = PipelineDescription.affine(workgroup: UInt32(subgroupSize))
      description.subgroupSize = subgroupSize
      let pipeline = try compiler.compile(description)
      let figures = try pipeline.statistics()
      guard let registers = figures.first(where: { $0.name == "VGPRs" }), case .integer(1...) = registers.value,
        !registers.explanation.isEmpty,
        try pipeline.texts().contains(where: { $0.name == "Assembly" && $0.text.contains("s_endpgm") })
      else { exit(1) }
    }
  }
}
