import CKernelParams
import GPU
package import Ops
import Tensors

/// `embedding.comp`: one dispatch per chunk of the table.
package struct EmbeddingKernel: Kernel {
  package let file = "embedding"
  package let operation: any Operation.Type = Embedding.self

  package func tunings(for request: LaunchRequest) -> [Tuning] { request.elementwiseTunings }
  package func tuning(for request: LaunchRequest) -> Tuning { request.elementwiseTuning }

  package func launches(for request: LaunchRequest, tuning: Tuning) -> [Launch]? {
    let columns = request.output.columns
    return request.chunks[0].enumerated().map { chunk, rows in
      let params = EmbeddingParams(
        columns: UInt32(columns), first_row: UInt32(rows.range.lowerBound), row_count: UInt32(rows.range.count))
      let groupByteCount = rows.format.planeRowByteCounts(columnCount: columns)[0]
      return request.elementwise(
        "\(file).\(rows.format)", itemsPerRow: groupByteCount / 16, tuning: tuning,
        constants: request.planeConstants(input: 0), pushConstants: pushConstants(params),
        bindings: request.planes(input: 0, chunk: chunk) + [.output])
    }
  }
}
