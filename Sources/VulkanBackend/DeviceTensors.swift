import GPU
import Ops
import Tensors

/// Every tensor of a program on its device.
struct DeviceTensors: Sendable {
  let step: BufferSlice
  /// [chunk][plane]
  let weights: [TensorID: [[BufferSlice]]]
  let caches: [TensorID: DeviceCache]
  /// Activations, sized for the largest step, and rotary tables.
  let matrices: [TensorID: BufferSlice]
  /// What launches of one step leave to each other; nil where none does.
  let scratch: BufferSlice?

  /// Allocates everything and uploads weights and tables.
  init(_ planner: Planner, sources: [TensorID: Weight], layout: StepLayout, device: Device) throws {
    let program = planner.program
    var weights: [TensorID: [[BufferSlice]]] = [:]
    var caches: [TensorID: DeviceCache] = [:]
    var matrices = try Self.activations(planner, device: device)
    for (index, tensor) in program.tensors.enumerated() {
      let id = TensorID(index)
      switch tensor.kind {
      case .activation: break
      case .weight:
        guard let source = sources[id] else { break }
        weights[id] = try planner.chunks(of: id).map {
          try Self.upload(
            source, rows: $0, interleave: planner.profile.planeRows(of: tensor), device: device, label: tensor.name)
        }
        source.forgetFilePages()
      case .rotaryTable(let frequencies):
        let table = frequencies.table(positionCount: planner.rowCount(.positions, tokenCount: 0))
        let bytes = ActivationRows(columns: tensor.columns).bytes(table.values)
        let slice = try device.allocate(byteCount: bytes.count, memory: .device, label: tensor.name).slice
        try device.write(slice, bytes: bytes)
        matrices[id] = slice
      case .keyValueCache:
        guard let layout = tensor.cacheLayout(planner.limits.keyValueFormat) else { break }
        let byteCount = MemoryPlan.cacheByteCount(tensor, limits: planner.limits) / 2
        caches[id] = DeviceCache(
          layout: layout,
          keys: try device.allocate(byteCount: byteCount, memory: .device, label: "\(tensor.name).keys").slice,
          values: try device.allocate(byteCount: byteCount, memory: .device, label: "\(tensor.name).values").slice)
      }
    }
    let scratchByteCount = planner.scratchByteCount
    scratch =
      scratchByteCount == 0
      ? nil : try device.allocate(byteCount: scratchByteCount, memory: .device, label: "scratch").slice
    step = try device.allocate(byteCount: layout.byteCount, memory: .hostVisible, label: "step").slice
    self.weights = weights
    self.caches = caches
    self.matrices = matrices
  }

  /// One arena for all activations; with guards each has a buffer of its own, so that guard bytes lie around it.
  private static func activations(_ planner: Planner, device: Device) throws -> [TensorID: BufferSlice] {
    let (ids, arena) = planner.arena()
    var slices: [TensorID: BufferSlice] = [:]
    if device.options.guardByteCount > 0 {
      for id in ids {
        let byteCount = planner.activationByteCount(id, tokenCount: planner.limits.tokenCount)
        slices[id] = try device.allocate(byteCount: byteCount, memory: .device, label: planner.program[id].name).slice
      }
      return slices
    }
    guard arena.byteCount > 0 else { return [:] }
    let whole = try device.allocate(byteCount: arena.byteCount, memory: .device, label: "activations").slice
    for (id, offset) in zip(ids, arena.offsets) {
      let byteCount = planner.activationByteCount(id, tokenCount: planner.limits.tokenCount)
      slices[id] = whole.slice(offset: offset, byteCount: byteCount)
    }
    return slices
  }

  private static func upload(
    _ weight: Weight, rows: WeightRows, interleave: Int, device: Device, label: String
  ) throws -> [BufferSlice] {
    let all = rows.range
    var runs = weight.runs(in: all)
    if !runs.allSatisfy({ ($0.rows.lowerBound - all.lowerBound).isMultiple(of: interleave) }) { runs = [(all, nil)] }
    return try rows.format.planeRowByteCounts(columnCount: weight.columnCount).enumerated().map { plane, rowByteCount in
      let blockByteCount = interleave * rowByteCount
      let slice = try device.allocate(
        byteCount: all.count.dividedRoundingUp(by: interleave) * blockByteCount, memory: .device, label: label
      ).slice
      for run in runs {
        let blocks = run.rows.count.dividedRoundingUp(by: interleave)
        // What repeats is written once and multiplied on the device.
        let count = min(run.period ?? blocks, blocks)
        let offset = (run.rows.lowerBound - all.lowerBound) * rowByteCount
        do throws(WriteError<TensorError>) {
          let target = slice.slice(offset: offset, byteCount: count * blockByteCount)
          try device.write(
            target, rowGranularity: blockByteCount,
            concurrently: { range, span throws(TensorError) in
              let first = run.rows.lowerBound + range.lowerBound / rowByteCount
              let last = min(first + range.count / rowByteCount, all.upperBound)
              try weight.pack(rows: first..<last, plane: plane, interleave: interleave, into: &span)
            })
        } catch {
          throw error.cause
        }
        try device.multiply(
          slice.slice(offset: offset, byteCount: blocks * blockByteCount), period: count * blockByteCount)
      }
      return slice
    }
  }

  /// What a launch binds, after the step buffer.
  func slice(for binding: LaunchBinding, of step: PlannedStep) throws(ProgramError) -> BufferSlice {
    let slice: BufferSlice? =
      switch binding {
      case .input(let index): matrices[step.inputs[index]]
      case .plane(let index, let chunk, let plane): weights[step.inputs[index]]?[chunk][plane]
      case .keys(let index): caches[step.inputs[index]]?.keys
      case .values(let index): caches[step.inputs[index]]?.values
      case .output: matrices[step.output]
      case .scratch(let byteCount): scratch?.slice(offset: 0, byteCount: byteCount)
      }
    guard let slice else { throw ProgramError("a kernel binds a tensor that is not on the device") }
    return slice
  }
}

/// Keys and values of one layer on a device.
struct DeviceCache: Sendable {
  let layout: CacheLayout
  let keys: BufferSlice
  let values: BufferSlice
}

/// How rows of float32 lie on a device: each padded to `activationRowStride` with NaN, which no kernel may let through.
struct ActivationRows {
  let columns: Int

  func bytes(_ values: [Float]) -> [UInt8] {
    let stride = activationRowStride(columns: columns)
    var bytes = [UInt8](repeating: 0xff, count: columns == 0 ? 0 : values.count / columns * stride * 4)
    for (index, value) in values.enumerated() {
      let offset = 4 * (index / columns * stride + index % columns)
      for byte in 0..<4 { bytes[offset + byte] = UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt32(byte))) }
    }
    return bytes
  }

  func values(_ bytes: [UInt8], rows: Int) -> [Float] {
    let stride = activationRowStride(columns: columns)
    let words = bytes.span.bytes
    return (0..<(rows * columns)).map { index in
      Float(
        bitPattern: words.unsafeLoadUnaligned(
          fromByteOffset: 4 * (index / columns * stride + index % columns), as: UInt32.self))
    }
  }
}
