import Engine
import Ops
import Tensors
import Testing

@Suite struct MemoryEstimateTests {
  @Test func weightsCacheAndLiveActivationsAreCounted() throws {
    var program = Program()
    let x = program.input("x", rows: .tokens, columns: 64)
    let w = program.weight(["w"], rows: 32, columns: 64)
    let norm = program.weight(["n"], rows: 1, columns: 32)
    _ = program.keyValueCache(layer: 0, heads: 2, headDimension: 16)
    _ = program.rotaryTable(RotaryFrequencies(base: 10_000, dimension: 16, scaling: .none))
    let y = try program.append(Linear(), [x, w], name: "y")
    let z = try program.append(RMSNorm(epsilon: 1e-5), [y, norm], name: "z")
    program.setLogits(try program.append(SelectRows(), [z], name: "logits"))
    let weights = Weights([
      try StoredTensor(
        name: "w", spec: TensorSpec(shape: [32, 64], format: .bf16), values: [Float](repeating: 1, count: 2048)),
      try StoredTensor(
        name: "n", spec: TensorSpec(shape: [32], format: .bf16), values: [Float](repeating: 1, count: 32)),
    ])
    let limits = ExecutionLimits(tokenCount: 10, pageCount: 3, pagesPerSequence: 2)
    let estimate = try MemoryEstimate(program, weights: weights, limits: limits)
    // The vector is held as float32; rotary angles take 128 positions × 16 × 4 bytes.
    #expect(estimate.weightByteCount == 32 * 64 * 2 + 32 * 4 + 128 * 16 * 4)
    #expect(estimate.keyValueByteCount == 2 * 3 * 64 * 32 * 2)
    // x and y at the first step; z and y are smaller together.
    #expect(estimate.activationByteCount == 10 * (64 + 32) * 4)
  }
}
