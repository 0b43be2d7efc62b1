import GPU
import Ops
import ShaderCompiler
import TestKit
import Testing
import VulkanBackend

/// `linear_pack.comp` bit by bit: any device runs it, with matrix units or without.
@Suite struct PackedRowsTests {
  private static let columns = 20
  private static let rows: [[Float]] = [
    (0..<columns).map { Float($0) * 0.371 - 3 },
    [Float](repeating: 0, count: columns),
    (0..<columns).map { $0 == 19 ? 3e38 : Float($0) * 1e30 },
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
    words.flatMap { w in (0..<4).map { UInt8(truncatingIfNeeded: w >> (8 * $0)) } }
  }

  @Test func rowsAreScaledRoundedAndEnded() async throws {
    let test = try VulkanTestDevice.shared()
    let (device, backend) = (test.backend.device, test.backend)
    try #require(backend.usableVariants.contains("linear_pack"))
    var profile = backend.profile
    profile.matrixShapes = [NumericsTests.shape(8, 8, 8)]
    let planner = try PlannerTests.planner(profile, columns: Self.columns)
    let request = planner.request(for: planner.program.steps[0], tokenCount: Self.rows.count + 1)
    let kernel = NumericsTests.coopmat
    let launch = try #require(kernel.launches(for: request, tuning: kernel.tuning(for: request))?.first)
    #expect(launch.variant == "linear_pack" && launch.groups == (Self.rows.count + 1, 1))

    let stride = activationRowStride(columns: Self.columns)
    let padding = [Float](repeating: .nan, count: stride - Self.columns)
    let x = (Self.rows + [[Float](repeating: 1, count: Self.columns)]).flatMap { $0 + padding }
    let header = [UInt32(Self.rows.count)] + [UInt32](repeating: 0, count: 31)
    let expected = Self.rows.flatMap(Self.packed)
    let untouched: UInt32 = 0xabad_cafe
    let step = try device.allocate(byteCount: 4 * header.count, memory: .device, label: "step")
    let source = try device.allocate(byteCount: 4 * x.count, memory: .device, label: "x")
    let target = try device.allocate(
      byteCount: 4 * expected.count / Self.rows.count * (Self.rows.count + 1), memory: .device, label: "packed")
    try device.write(step.slice, bytes: Self.bytes(header))
    try device.write(source.slice, bytes: Self.bytes(x.map(\.bitPattern)))
    try device.fill(target.slice, word: untouched)
    let pipeline = try device.makePipeline(PipelineDescription(launch, pack: backend.pack, profile: profile))
    var recording = try device.makeRecording(label: "pack")
    try recording.dispatch(
      pipeline,
      bindings: [Binding(step.slice, .read), Binding(source.slice, .read), Binding(target.slice, .write)],
      pushConstants: launch.pushConstants, groups: (x: launch.groups.x, y: launch.groups.y, z: 1), label: "pack")
    _ = try recording.finish().submit().wait()
    let actual = try device.read(target.slice)
    // Behind the step's last row nothing is written.
    let wanted = expected + [UInt32](repeating: untouched, count: expected.count / Self.rows.count)
    #expect(actual == Self.bytes(wanted))
    #expect(try await test.findings() == [])
  }
}
