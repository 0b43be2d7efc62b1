import GPU
import Ops
import ShaderCompiler
import Tensors
import TestKit
import Testing
import VulkanBackend

/// `linear_pack.comp` bit by bit: any device runs it, with matrix units or without.
@Suite struct PackedRowsTests {
  /// The last quad is short, and it is one of those that an invocation loads second.
  private static let columns = 22
  private static let rows: [[Float]] = [
    (0..<columns).map { Float($0) * 0.371 - 3 },
    [Float](repeating: 0, count: columns),
    (0..<columns).map { $0 == columns - 1 ? 3e38 : Float($0) * 1e30 },
    (0..<columns).map { Float($0) * 1e-38 },
    // Halfway between two float16: to the even one.
    (0..<columns).map { $0 == 0 ? 1 : 1 + Float($0) * 0x1p-11 },
  ]

  /// The row as words, and what takes its scale back.
  private static func packed(_ row: [Float]) -> [UInt32] {
    let largest = row.reduce(0) { max($0, abs($1)) }
    let exponent = max(largest.bitPattern >> 23, 27)
    let scale = Float(bitPattern: (268 - exponent) << 23)
    var halves = row.map { Float16($0 * scale).bitPattern }
    halves += [UInt16](repeating: 0, count: halves.count.rounded(upToMultipleOf: 8) - halves.count)
    let words = stride(from: 0, to: halves.count, by: 2).map { UInt32(halves[$0]) | UInt32(halves[$0 + 1]) << 16 }
    return words + [(exponent - 14) << 23, 0, 0, 0]
  }

  private static func bytes(_ words: [UInt32]) -> [UInt8] {
    words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
  }

  /// The first dispatch of a product of one row more than the step has.
  private func launch(_ profile: DeviceProfile) throws -> Launch {
    var profile = profile
    profile.matrixShapes = [
      CooperativeMatrixShape(m: 8, n: 8, k: 8, a: .float16, b: .float16, c: .float32, result: .float32)
    ]
    var program = Program()
    let x = program.input("x", rows: .tokens, columns: Self.columns)
    let weight = program.weight(["w"], rows: 8, columns: Self.columns)
    program.keep(try program.append(Linear(), [x, weight], name: "y"))
    let planner = Planner(
      program: program, limits: ExecutionLimits(tokenCount: 64, pageCount: 1, pagesPerSequence: 1), profile: profile,
      weightSegments: [weight: [WeightRows(0..<8, .f32)]], availableVariants: [])
    let request = planner.request(for: program.steps[0], tokenCount: Self.rows.count + 1)
    let kernel = try #require(KernelCatalogue.all.first { $0.file == "linear_coopmat" })
    return try #require(kernel.launches(for: request, tuning: kernel.tuning(for: request))?.first)
  }

  /// What `linear_pack` of a pack makes of the rows, where padding is NaN and a row follows that the step does not have.
  private func packed(_ backend: VulkanBackend, _ pack: KernelPack) throws -> [UInt8] {
    let device = backend.device
    let launch = try launch(backend.profile)
    #expect(launch.variant == "linear_pack" && launch.groups == (Self.rows.count + 1, 1))
    let padding = [Float](repeating: .nan, count: activationRowStride(columns: Self.columns) - Self.columns)
    let x = (Self.rows + [[Float](repeating: 1, count: Self.columns)]).flatMap { $0 + padding }
    let step = [UInt32(Self.rows.count)] + [UInt32](repeating: 0, count: 31)
    let places = try [(step, "step"), (x.map(\.bitPattern), "x")].map { words, label in
      let buffer = try device.allocate(byteCount: 4 * words.count, memory: .device, label: label)
      try device.write(buffer.slice, bytes: Self.bytes(words))
      return buffer
    }
    let target = try device.allocate(byteCount: wanted.count, memory: .device, label: "packed")
    try device.fill(target.slice, word: Self.untouched)
    let pipeline = try device.makePipeline(PipelineDescription(launch, pack: pack, profile: backend.profile))
    var recording = try device.makeRecording(label: "pack")
    try recording.dispatch(
      pipeline,
      bindings: [Binding(places[0].slice, .read), Binding(places[1].slice, .read), Binding(target.slice, .write)],
      pushConstants: launch.pushConstants, groups: (x: launch.groups.x, y: launch.groups.y, z: 1), label: "pack")
    _ = try recording.finish().submit().wait()
    return try device.read(target.slice)
  }

  private static let untouched: UInt32 = 0xabad_cafe
  /// Behind the step's last row nothing is written.
  private var wanted: [UInt8] {
    let words = Self.rows.flatMap(Self.packed)
    return Self.bytes(words + [UInt32](repeating: Self.untouched, count: words.count / Self.rows.count))
  }

  @Test func rowsAreScaledRoundedAndEnded() async throws {
    let test = try VulkanTestDevice.shared()
    try #require(test.backend.usableVariants.contains("linear_pack"))
    #expect(try packed(test.backend, test.backend.pack) == wanted)
    #expect(try await test.findings() == [])
  }

  private static let faults = [
    PlantedFault("padding is let through", "linear_pack", "left >= 4", "left >= 1"),
    PlantedFault(
      "the largest is sought in half of a row", "linear_pack",
      "max(abs(load(row, 2 * i)), abs(load(row, 2 * i + 1)))", "abs(load(row, 2 * i))"),
    PlantedFault("subgroups do not compare", "linear_pack", "top = max(top, tops[s])", "top = tops[s]"),
    PlantedFault("half the scale", "linear_pack", "268 - exponent", "267 - exponent"),
    PlantedFault("twice the result", "linear_pack", "exponent - 14", "exponent - 13"),
    PlantedFault("rows that are not there", "linear_pack", "row >= step_row_count()", "row > step_row_count()"),
    PlantedFault(
      "rounding cuts off", "linear_pack",
      [
        PlantedFault.Edit(
          file: "half_quad.glsl", original: "f16vec2(v.xy)",
          planted: "f16vec2(uintBitsToFloat(floatBitsToUint(v.xy) & 0xffffe000u))")
      ]),
  ]

  @Test(arguments: faults) func plantedFaultsAreFound(_ fault: PlantedFault) throws {
    let backend = try VulkanTestDevice.shared().backend
    #expect(try packed(backend, fault.pack()) != wanted)
  }
}
