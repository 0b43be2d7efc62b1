import GPU
import Ops
import Synchronization
import TestKit
import Testing
import VulkanBackend
import Workbench

@Suite(.serialized) struct CompilationCrewTests {
  /// How often the driver was called while launches were compiled, by the name of the call.
  private func calls(
    _ launches: ArraySlice<Launch>, coldSeconds: Double, coreCount: Int
  ) throws -> [String: Int] {
    let calls = Mutex<[String: Int]>([:])
    let device = try VulkanTestDevice { options in
      options.guardByteCount = 0
      options.intercept = { call in
        calls.withLock { $0[call, default: 0] += 1 }
        return nil
      }
    }
    var crew = CompilationCrew(device.backend)
    crew.coldSeconds = coldSeconds
    crew.coreCount = coreCount
    calls.withLock { $0 = [:] }
    let pipelines = try crew.pipelines(for: Array(launches))
    #expect(pipelines.map(\.label) == launches.map { PipelineKey($0).label })
    #expect(device.instance.validationMessages == [])
    return calls.withLock { $0 }
  }

  /// Filling what is bound takes a submission of each opening.
  @Test func openingsShareWhatIsInNoCache() throws {
    let launches = try PipelineSurveyTests.survey().launches(allTunings: false).prefix(6)
    let cold = try calls(launches, coldSeconds: 0, coreCount: 3)
    #expect(cold["vkCreateDevice"] == 2)
    #expect(cold["vkQueueSubmit2"] == launches.count + 3)
    let warm = try calls(launches, coldSeconds: .infinity, coreCount: 3)
    #expect(warm["vkCreateDevice"] == nil)
    #expect(warm["vkQueueSubmit2"] == launches.count + 1)
  }

  @Test func oneLaunchCompilesWhenItRuns() throws {
    let launches = try PipelineSurveyTests.survey().launches(allTunings: false).prefix(1)
    #expect(try calls(launches, coldSeconds: 0, coreCount: 3)["vkQueueSubmit2"] == nil)
  }

  @Test func aPipelineThatCannotBeMadeIsAnError() throws {
    let launches = try PipelineSurveyTests.survey().launches(allTunings: false)
    let device = try VulkanTestDevice { options in
      options.intercept = { $0 == "vkCreateComputePipelines" ? .outOfHostMemory : nil }
    }
    #expect(throws: GPUError.self) { try CompilationCrew(device.backend).pipelines(for: launches) }
  }
}
