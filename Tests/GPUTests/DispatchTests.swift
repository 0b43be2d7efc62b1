import GPU
import Testing

@Suite(.serialized) struct DispatchTests {
  private func push(_ words: UInt32...) -> [UInt8] { bytes(words) }

  @Test func computesWithConstantsAndPushConstants() throws {
    try withDevice { device in
      let input = (0..<1000).map { UInt32($0) }
      let source = try device.allocate(byteCount: 4000, memory: .hostVisible, label: "source")
      let target = try device.allocate(byteCount: 4000, memory: .device, label: "target")
      try device.write(source.slice, bytes: bytes(input))
      try device.fill(target.slice, word: 0)
      for (scale, workgroup) in [(UInt32(3), UInt32(8)), (5, 64)] {
        let pipeline = try device.makePipeline(.affine(scale: scale, workgroup: workgroup))
        var recording = try device.makeRecording(label: "affine")
        try recording.dispatch(
          pipeline, bindings: [Binding(source.slice, .read), Binding(target.slice, .write)],
          pushConstants: push(999, 7), groups: (x: (1000 + Int(workgroup) - 1) / Int(workgroup), y: 1, z: 1), label: "a"
        )
        _ = try recording.finish().submit().wait()
        #expect(words(try device.read(target.slice)) == input.dropLast().map { $0 * scale + 7 } + [0])
      }
    }
  }

  @Test func chainedDispatchesSeeEachOther() throws {
    try withDevice { device in
      let buffer = try device.allocate(byteCount: 4096, memory: .device, label: "ring")
      try device.fill(buffer.slice, word: 1)
      let pipeline = try device.makePipeline(.affine(scale: 2))
      var recording = try device.makeRecording(label: "chain")
      for step in 0..<15 {
        try recording.dispatch(
          pipeline,
          bindings: [
            Binding(buffer.slice(offset: step * 256, byteCount: 256), .read),
            Binding(buffer.slice(offset: step * 256 + 256, byteCount: 256), .write),
          ], pushConstants: push(64, 1), groups: (x: 8, y: 1, z: 1), label: "step \(step)")
      }
      let executable = try recording.finish()
      #expect(executable.dispatchCount == 15 && executable.barrierCount == 14)
      _ = try executable.submit().wait()
      let last = words(try device.read(buffer.slice(offset: 15 * 256, byteCount: 256)))
      #expect(last == Array(repeating: (1 << 16) - 1, count: 64))
    }
  }

  @Test func repeatsAndResubmissionsAddUp() throws {
    try withDevice { device in
      let buffer = try device.allocate(byteCount: 32, memory: .device, label: "counter")
      try device.fill(buffer.slice, word: 0)
      let pipeline = try device.makePipeline(.increment)
      var recording = try device.makeRecording(label: "count")
      for _ in 0..<2 {
        try recording.dispatch(
          pipeline, bindings: [Binding(buffer.slice, .readWrite)], pushConstants: [], groups: (x: 1, y: 1, z: 1),
          label: "increment")
      }
      let recorded = try recording.finish()
      #expect(recorded.barrierCount == 1)
      var executable = try recorded.submit(repeatCount: 50).wait()
      #expect(words(try device.read(buffer.slice)) == Array(repeating: 100, count: 8))
      executable = try executable.submit().wait()
      executable = try executable.submit(repeatCount: 3).wait()
      #expect(words(try device.read(buffer.slice)) == Array(repeating: 108, count: 8))
      do throws(GPUError) {
        _ = try executable.submit(repeatCount: 0)
        Issue.record("accepted")
      } catch {
        #expect(error.kind == .invalid)
      }
    }
  }

  @Test func droppedWorkIsFinishedAndFreed() throws {
    try withDevice { device in
      let pipeline = try device.makePipeline(.increment)
      for _ in 0..<20 {
        let buffer = try device.allocate(byteCount: 1 << 16, memory: .device, label: "dropped")
        var recording = try device.makeRecording(label: "dropped")
        try recording.dispatch(
          pipeline, bindings: [Binding(buffer.slice, .readWrite)], pushConstants: [], groups: (x: 2048, y: 1, z: 1),
          label: "increment")
        _ = try recording.finish().submit()
      }
      #expect(device.usedByteCount > 0)
      try device.waitForAll()
      #expect(device.usedByteCount == 0)
      // Recorded and never submitted, and never finished.
      let buffer = try device.allocate(byteCount: 32, memory: .device, label: "b")
      for finishes in [true, false] {
        var recording = try device.makeRecording(label: "unused")
        try recording.dispatch(
          pipeline, bindings: [Binding(buffer.slice, .readWrite)], pushConstants: [], groups: (x: 1, y: 1, z: 1),
          label: "increment")
        if finishes { _ = try recording.finish() }
      }
    }
  }

  @Test func emptyRecordingRuns() throws {
    try withDevice { device in
      let executable = try device.makeRecording(label: "nothing").finish()
      #expect(executable.dispatchCount == 0 && executable.barrierCount == 0)
      _ = try executable.submit(repeatCount: 2).wait()
    }
  }

  @Test func demandedSubgroupSizeHolds() throws {
    try withDevice { device in
      let size = device.physical.subgroupSizeRange.upperBound
      let pipeline = try device.makePipeline(
        PipelineDescription(
          label: "subgroup", spirv: TestShader.subgroup, bindingCount: 1, specialization: [0: UInt32(size)],
          subgroupSize: size))
      let buffer = try device.allocate(byteCount: 8, memory: .readBack, label: "b")
      var recording = try device.makeRecording(label: "subgroup")
      try recording.dispatch(
        pipeline, bindings: [Binding(buffer.slice, .write)], pushConstants: [], groups: (x: 1, y: 1, z: 1), label: "s")
      _ = try recording.finish().submit().wait()
      #expect(words(try device.read(buffer.slice)) == [UInt32(size), UInt32(size)])
    }
  }

  @Test func timestampsCoverEveryDispatch() throws {
    try withDevice { device in
      let buffer = try device.allocate(byteCount: 1 << 20, memory: .device, label: "b")
      let pipeline = try device.makePipeline(.increment)
      var recording = try device.makeRecording(label: "timed", timestampSpacing: 1)
      for index in 0..<3 {
        try recording.dispatch(
          pipeline, bindings: [Binding(buffer.slice, .readWrite)], pushConstants: [],
          groups: (x: 1 << 15, y: 1, z: 1), label: "d\(index)")
      }
      let executable = try recording.finish().submit(repeatCount: 2).wait()
      let timings = try executable.timings()
      #expect(timings.map(\.label) == ["d0", "d1", "d2"])
      #expect(timings.reduce(0) { $0 + $1.nanoseconds } > 0)
      let plain = try device.makeRecording(label: "plain").finish()
      #expect(throws: GPUError.self) { try plain.timings() }
    }
  }

  @Test func wrongUseIsRefusedBeforeTheDriver() throws {
    try withDevice { device in
      let pipeline = try device.makePipeline(.affine())
      let buffer = try device.allocate(byteCount: 4096, memory: .device, label: "b")
      let good = [
        Binding(buffer.slice(offset: 0, byteCount: 64), .read),
        Binding(buffer.slice(offset: 256, byteCount: 64), .write),
      ]
      let large = device.physical.maximumWorkgroupCount.x + 1
      let calls: [(bindings: [Binding], push: [UInt8], groups: (x: Int, y: Int, z: Int))] = [
        (Array(good.prefix(1)), push(1, 1), (1, 1, 1)), (good, push(1), (1, 1, 1)), (good, push(1, 1), (0, 1, 1)),
        (good, push(1, 1), (large, 1, 1)), (good, push(1, 1), (1, -1, 1)),
        ([good[0], Binding(buffer.slice(offset: 4090, byteCount: 64), .write)], push(1, 1), (1, 1, 1)),
        ([good[0], Binding(buffer.slice(offset: 1, byteCount: 64), .write)], push(1, 1), (1, 1, 1)),
      ]
      for call in calls {
        var recording = try device.makeRecording(label: "wrong")
        do throws(GPUError) {
          try recording.dispatch(
            pipeline, bindings: call.bindings, pushConstants: call.push, groups: call.groups, label: "x")
          Issue.record("accepted \(call)")
        } catch {
          #expect(error.kind == .invalid)
        }
      }
    }
  }

  @Test func bindingLongerThanTheLimitIsRefused() throws {
    try withDevice { device in
      let limit = device.physical.maximumStorageBufferRange
      guard limit < device.physical.maximumAllocationByteCount / 2, limit < 1 << 30 else { return }
      let buffer = try device.allocate(byteCount: limit + 1024, memory: .device, label: "long")
      let pipeline = try device.makePipeline(.increment)
      var recording = try device.makeRecording(label: "long")
      do throws(GPUError) {
        try recording.dispatch(
          pipeline, bindings: [Binding(buffer.slice, .readWrite)], pushConstants: [], groups: (x: 1, y: 1, z: 1),
          label: "x")
        Issue.record("accepted")
      } catch {
        #expect(error.description.contains("split it by rows"))
      }
    }
  }

  @Test func badPipelinesAreRefused() throws {
    try withDevice { device in
      var descriptions = [PipelineDescription](repeating: .affine(), count: 5)
      descriptions[0].spirv = []
      descriptions[1].spirv[0] = 0
      descriptions[2].pushConstantByteCount = 1 << 20
      descriptions[3].subgroupSize = 3
      descriptions[4].bindingCount = 1000
      for description in descriptions {
        let error = #expect(throws: GPUError.self) { try device.makePipeline(description) }
        #expect(error?.kind == .invalid)
      }
    }
  }
}
