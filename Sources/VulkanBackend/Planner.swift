package import GPU
package import Ops
package import Tensors

/// Chooses kernels and places activations; a pure function of the program, the limits and the device's profile.
package struct Planner: Sendable {
  package let program: Program
  package let limits: ExecutionLimits
  package let profile: DeviceProfile
  /// How the rows of every weight of the program are stored.
  package let weightSegments: [TensorID: [WeightRows]]
  /// Variants that may be used.
  package let availableVariants: Set<String>
  /// Forces one kernel and tuning on the operation that it serves.
  package var forced: (kernel: any Kernel, tuning: Tuning)?
  /// Whether steps are fused where a kernel can; results are the same bits.
  package var fusesSteps = true
  /// Whether products of prompts may be rounded to float16 where matrix units then compute them.
  package var roundsPrompts = true
  /// Whether log-probabilities come with sampled ids.
  package var givesLogProbabilities = false
  /// What was measured on the device; nil takes defaults.
  package var tunings: TuningTable?

  package init(
    program: Program, limits: ExecutionLimits, profile: DeviceProfile, weightSegments: [TensorID: [WeightRows]],
    availableVariants: Set<String>, forced: (kernel: any Kernel, tuning: Tuning)? = nil
  ) {
    self.program = program
    self.limits = limits
    self.profile = profile
    self.weightSegments = weightSegments
    self.availableVariants = availableVariants
    self.forced = forced
  }

  /// Row counts that plans are made for: a step takes the smallest that holds its tokens.
  package static func buckets(tokenCount: Int) -> [Int] {
    var buckets: [Int] = []
    var bucket = 1
    while bucket < tokenCount {
      buckets.append(bucket)
      // Few rows are answers, each of a sequence: a plan with twice as many would idle for half of them.
      bucket *= bucket < 16 ? 2 : 4
    }
    return buckets + [tokenCount]
  }

  /// The capacity of the plan that a step of `tokenCount` tokens takes.
  package static func bucket(for tokenCount: Int, of limits: ExecutionLimits) -> Int {
    buckets(tokenCount: limits.tokenCount).first { $0 >= tokenCount } ?? limits.tokenCount
  }

  /// The same on this device.
  ///
  /// CPU drivers take seconds to compile the kernels of a small plan and skip rows that a step does not have in groups of a
  /// subgroup, so their prompts take no plan below `leastPromptBucket`.
  package func bucket(for tokenCount: Int, isPrompt: Bool = false) -> Int {
    let least = isPrompt && profile.isCPU ? max(tokenCount, Self.leastPromptBucket) : tokenCount
    return Self.bucket(for: least, of: limits)
  }

  private static let leastPromptBucket = 64

  /// How steps of prompts are computed on this device, as far as it differs from all others.
  package var promptNumerics: Numerics {
    program.steps.indices.contains { promptNumerics(ofStep: $0) == .float16Inputs } ? .float16Inputs : .float32
  }

  /// How a step of the program is computed where it is of a prompt.
  package func promptNumerics(ofStep index: Int) -> Numerics {
    request(for: program.steps[index], tokenCount: limits.tokenCount, isPrompt: true).numerics
  }

  /// The dispatches of a step with at most `tokenCount` tokens, each with what it computes of the program.
  ///
  /// - Throws: `GPUError` where no kernel serves an operation on this device.
  package func launches(
    tokenCount: Int, isPrompt: Bool = false
  ) throws(GPUError) -> [(step: PlannedStep, launch: Launch)] {
    var result: [(step: PlannedStep, launch: Launch)] = []
    let readCounts = program.readCounts
    var index = 0
    while index < program.steps.count {
      let fused = fusesSteps && forced == nil ? program.fusions(at: index, readCounts: readCounts) : []
      var planned = program.planned(at: index)
      var launches: [Launch]?
      for way in fused where launches == nil {
        launches = choice(for: request(for: way, tokenCount: tokenCount, isPrompt: isPrompt))?.launches
        if launches != nil { planned = way }
      }
      if launches == nil {
        let request = request(for: planned, tokenCount: tokenCount, isPrompt: isPrompt)
        launches = choice(for: request)?.launches
        if launches == nil { throw noKernel(request) }
      }
      for launch in launches ?? [] { result.append((planned, launch)) }
      index = planned.indices.upperBound
    }
    return result
  }

  private func noKernel(_ request: LaunchRequest) -> GPUError {
    let kernels = KernelCatalogue.kernels(for: request).map(\.file).joined(separator: ", ")
    let formats = Set(request.chunks.joined().map(\.format.name)).sorted().joined(separator: ", ")
    return GPUError(
      .notFound,
      "no kernel computes \(request.operation) with \(formats) on this device (known: \(kernels.isEmpty ? "none" : kernels))"
    )
  }

  /// The kernel that serves a request in a plan, its tuning and its dispatches; nil where none does.
  package func choice(
    for request: LaunchRequest
  ) -> (kernel: any Kernel, tuning: Tuning, launches: [Launch])? {
    if let forced, forced.kernel.operation == type(of: request.operation) {
      return served(request, by: forced.kernel, forced.tuning)
    }
    if let (kernel, tuning) = tunings?.choice(for: request), let choice = served(request, by: kernel, tuning) {
      return choice
    }
    return KernelCatalogue.kernels(for: request).lazy.compactMap { kernel in
      served(request, by: kernel, kernel.tuning(for: request))
    }.first
  }

  private func served(
    _ request: LaunchRequest, by kernel: any Kernel, _ tuning: Tuning
  ) -> (kernel: any Kernel, tuning: Tuning, launches: [Launch])? {
    // What is fused must have the bits of its parts alone, which a kernel for such devices computes.
    let canFuse = kernel.canFuse && kernel.suits(profile)
    guard canFuse || request.fusion.isNone, let launches = kernel.launches(for: request, tuning: tuning),
      launches.allSatisfy({ availableVariants.contains($0.variant) })
    else { return nil }
    return (kernel, tuning, launches)
  }

  /// The class of kernels for a request. Shapes and device decide, never rows: a row of a prompt has the same bits in
  /// whatever chunk it comes.
  private func numerics(for request: LaunchRequest, isPrompt: Bool) -> Numerics {
    guard isPrompt, roundsPrompts, request.output.rows == .tokens else { return .float32 }
    var alone = request
    alone.fusion = Fusion()
    alone.numerics = .float16Inputs
    let serving = KernelCatalogue.kernels(for: alone).first {
      $0.suits(profile) && served(alone, by: $0, $0.tuning(for: alone)) != nil
    }
    return serving == nil ? .float32 : .float16Inputs
  }

  /// What a kernel is asked for in `step`.
  package func request(for step: Step, tokenCount: Int, isPrompt: Bool = false) -> LaunchRequest {
    request(step, inputs: step.inputs, tokenCount: tokenCount, isPrompt: isPrompt)
  }

  private func request(for planned: PlannedStep, tokenCount: Int, isPrompt: Bool) -> LaunchRequest {
    var request = request(
      program.steps[planned.main], inputs: planned.inputs, tokenCount: tokenCount, isPrompt: isPrompt)
    request.fusion = planned.fusion
    return request
  }

  private func request(
    _ step: Step, inputs: [TensorID], tokenCount: Int, isPrompt: Bool
  ) -> LaunchRequest {
    let output = program[step.outputs[0]]
    var request = LaunchRequest(
      operation: step.operation, inputs: inputs.map { program[$0] }, output: output,
      chunks: inputs.map { chunks(of: $0) }, rows: rowCount(output.rows, tokenCount: tokenCount),
      positions: rowCount(.positions, tokenCount: 0), profile: profile)
    request.numerics = numerics(for: request, isPrompt: isPrompt)
    request.givesLogProbabilities = givesLogProbabilities
    return request
  }

  /// Bytes of scratch for the step and the size of plan that need most; steps follow one another, so all use the same.
  package var scratchByteCount: Int {
    let requests = Self.buckets(tokenCount: limits.tokenCount).flatMap { tokenCount in
      [false, true].flatMap { isPrompt in
        program.steps.map { request(for: $0, tokenCount: tokenCount, isPrompt: isPrompt) }
      }
    }
    let bindings = requests.flatMap { choice(for: $0)?.launches ?? [] }.flatMap(\.bindings)
    return bindings.reduce(0) { most, binding in
      if case .scratch(let byteCount) = binding { max(most, byteCount) } else { most }
    }
  }

  /// The rows of a weight that one binding can see and that are stored alike, range by range.
  package func chunks(of id: TensorID) -> [WeightRows] {
    switch program[id].kind {
    case .weight: break
    case .keyValueCache: return [WeightRows(0..<1, limits.keyValueFormat)]
    case .activation, .rotaryTable: return [WeightRows(0..<1, .f32)]
    }
    return (weightSegments[id] ?? []).flatMap { segment in
      let unit = profile.planeRows(of: program[id])
      let rowsPerChunk = max(1, profile.weightChunkByteCount / max(1, widestPlane(segment, of: id)) / unit) * unit
      return stride(from: segment.range.lowerBound, to: segment.range.upperBound, by: rowsPerChunk).map {
        WeightRows($0..<min(segment.range.upperBound, $0 + rowsPerChunk), segment.format)
      }
    }
  }

  /// Bytes of a row in the plane where it takes most.
  private func widestPlane(_ segment: WeightRows, of id: TensorID) -> Int {
    segment.format.planeRowByteCounts(columnCount: program[id].columns).max() ?? 0
  }

  package func rowCount(_ rows: RowCount, tokenCount: Int) -> Int {
    switch rows {
    case .fixed(let count): count
    case .tokens: tokenCount
    case .outputs: min(tokenCount, limits.outputCount)
    case .positions: limits.pagesPerSequence * ExecutionLimits.pageLength
    }
  }

  /// Weights are cut into chunks that fit a binding; all else must fit as it is.
  ///
  /// - Throws: `GPUError` that names the tensor and what would make it smaller.
  package func checkBindings(deviceName: String) throws(GPUError) {
    for (index, tensor) in program.tensors.enumerated() {
      let (byteCount, hint) =
        switch tensor.kind {
        case .weight:
          (
            (weightSegments[TensorID(index)] ?? []).reduce(0) { max($0, widestPlane($1, of: TensorID(index))) },
            "no option helps"
          )
        case .activation:
          (activationByteCount(TensorID(index), tokenCount: limits.tokenCount), "choose a shorter --context")
        case .rotaryTable:
          (
            4 * rowCount(.positions, tokenCount: 0) * activationRowStride(columns: tensor.columns),
            "choose a shorter --context"
          )
        case .keyValueCache:
          (MemoryPlan.cacheByteCount(tensor, limits: limits) / 2, "choose a shorter --context or --kv q8_0")
        }
      guard byteCount > profile.bindingByteCount else { continue }
      throw GPUError(
        .outOfMemory(missingByteCount: byteCount - profile.bindingByteCount),
        "\(tensor.name) needs \(byteCount.mebibytes) in one buffer, \(deviceName) can bind \(profile.bindingByteCount.mebibytes): \(hint)"
      )
    }
  }

  /// Bytes of an activation with its padded rows.
  package func activationByteCount(_ id: TensorID, tokenCount: Int) -> Int {
    4 * rowCount(program[id].rows, tokenCount: tokenCount) * activationRowStride(columns: program[id].columns)
  }

  /// Where the activations of the largest step lie. Results and given inputs live throughout; what a fused dispatch reads
  /// lives until it has written.
  package func arena() -> (ids: [TensorID], arena: ActivationArena) {
    var lifetimes: [TensorID: ClosedRange<Int>] = [:]
    for (index, step) in program.steps.enumerated() {
      for id in step.inputs + step.outputs where program[id].kind == .activation {
        let isInput = lifetimes[id] == nil && !step.outputs.contains(id)
        let first = isInput ? 0 : lifetimes[id]?.lowerBound ?? index
        lifetimes[id] = first...(program.results.contains(id) ? program.steps.count : index)
      }
    }
    let readCounts = program.readCounts
    for index in program.steps.indices {
      guard let way = program.fusions(at: index, readCounts: readCounts).first else { continue }
      for id in way.inputs {
        if let lifetime = lifetimes[id] {
          lifetimes[id] = lifetime.lowerBound...max(lifetime.upperBound, way.indices.upperBound - 1)
        }
      }
    }
    let ids = lifetimes.keys.sorted()
    let requests = ids.compactMap { id in
      lifetimes[id].map {
        ActivationArena.Request(byteCount: activationByteCount(id, tokenCount: limits.tokenCount), lifetime: $0)
      }
    }
    return (ids, ActivationArena(requests, alignment: max(64, profile.bindingAlignment)))
  }
}
