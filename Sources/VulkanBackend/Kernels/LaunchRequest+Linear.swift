import CKernelParams
import GPU
import Ops
import Tensors

extension LaunchRequest {
  /// The dispatches of a matrix product, one per chunk of the weight; nil where its fusion cannot be.
  ///
  /// - Parameter tail: whether the shader has `lib/linear_tail.glsl`.
  func linear(
    _ file: String, rowsPerWorkgroup: Int, tokensPerWorkgroup: Int, workgroupSize: Int, tuning: Tuning,
    tail: Bool = false
  ) -> [Launch]? {
    guard let fused = tail ? fusedParts : fusion.isNone ? FusedParts() : nil else { return nil }
    let constants = stepConstants.merging(planeConstants(input: 1)) { $1 }.merging(tuning.constants) { $1 }
    return chunks[1].enumerated().map { chunk, rows in
      var params = fused.params
      params.n = UInt32(rows.range.count)
      params.k = UInt32(inputs[1].columns)
      params.y_first = UInt32(rows.range.lowerBound)
      params.workgroup_rows = UInt32(rowsPerWorkgroup)
      if params.y_columns == 0 { params.y_columns = UInt32(output.columns) }
      return Launch(
        variant: "\(file).\(rows.format)", workgroupSize: workgroupSize,
        constants: constants.merging(fused.constants) { $1 }, usesSubgroups: true,
        pushConstants: pushConstants(params),
        bindings: planes(input: 1, chunk: chunk) + [.input(0)] + (tail ? fused.bindings : [.output]),
        groups: (
          rows.range.count.dividedRoundingUp(by: rowsPerWorkgroup), self.rows.dividedRoundingUp(by: tokensPerWorkgroup)
        ))
    }
  }

  /// What a fusion adds to a launch. Bindings: norm weight, residual or rotary table, result, keys, values; the rows stand for
  /// what is not read and the result for what is not written.
  private struct FusedParts {
    var params = LinearParams()
    var constants: [String: Int] = [:]
    var bindings: [LaunchBinding] = [.input(0), .input(0), .output, .output, .output]
  }

  private var fusedParts: FusedParts? {
    var parts = FusedParts()
    if let norm = fusion.norm {
      guard formats[2] == .f32 else { return nil }
      parts.constants["NORMED"] = 1
      parts.params.epsilon = norm.epsilon
      parts.bindings[0] = .plane(input: 2, chunk: 0, plane: 0)
    }
    let other = fusion.norm == nil ? 2 : 3
    switch fusion.tail {
    case nil: break
    case is Add:
      parts.constants["TAIL"] = Int(TAIL_ADD)
      parts.bindings[1] = .input(other)
    case is SwiGLU:
      // Both of a pair must be in sight.
      guard chunks[1].count == 1 else { return nil }
      parts.constants["TAIL"] = Int(TAIL_SWIGLU)
      parts.params.partner = UInt32(output.columns / 2)
      parts.params.y_columns = UInt32(output.columns / 2)
    case let store as RotaryStore:
      let boundaries = chunks[1].flatMap { [$0.range.lowerBound, $0.range.upperBound] }
      guard [.f16, .f32].contains(formats[other + 1]), store.headDimension.isMultiple(of: 4),
        boundaries.allSatisfy({ $0.isMultiple(of: store.headDimension) })
      else { return nil }
      parts.constants["TAIL"] = Int(TAIL_ROTARY_STORE)
      parts.constants["CACHE_F16"] = formats[other + 1] == .f16 ? 1 : 0
      parts.params.partner = UInt32(store.headDimension / 2)
      parts.params.y_columns = UInt32(store.heads * store.headDimension)
      parts.params.heads = UInt32(store.heads)
      parts.params.key_value_heads = UInt32(store.keyValueHeads)
      parts.bindings = [parts.bindings[0], .input(other), .output, .keys(input: other + 1), .values(input: other + 1)]
    default: return nil
    }
    return parts
  }
}
