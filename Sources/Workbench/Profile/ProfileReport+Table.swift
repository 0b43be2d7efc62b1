extension ProfileReport {
  /// The kernels, longest first.
  package var table: ResultTable {
    let total = kernelSeconds
    typealias Column = ResultTable.Column
    let columns = [
      Column(name: "kernel"), Column(name: "calls"), Column(name: "total_ns", heading: "total", format: .nanoseconds),
      Column(name: "share", format: .percent),
      Column(name: "call_ns", heading: "per call", format: .nanoseconds),
      Column(name: "bytes_per_second", heading: "GB/s", format: .scaled(1e-9, unit: "")),
      Column(name: "flop_per_second", heading: "GFLOP/s", format: .scaled(1e-9, unit: "")),
      Column(name: "limit_share", heading: "of limit", format: .percent),
    ]
    let rows = rankedKernels.map { kernel -> [ResultTable.Value] in
      let work = kernel.work
      return [
        .text(kernel.name), .integer(kernel.calls), .number(work.seconds * 1e9), .number(work.seconds / total),
        .number(work.seconds * 1e9 / Double(kernel.calls)), .number(work.bytesPerSecond),
        .number(work.flopsPerSecond), .number(limits.shortest(work).seconds / work.seconds),
      ]
    }
    let notes = [
      "\(tokens) tokens: \(Figures.nanoseconds(total * 1e9)) in \(steps.count) dispatches, "
        + "\(Figures.nanoseconds(wallSeconds * 1e9)) as the host saw it, "
        + "\(Figures.nanoseconds(gapSeconds * 1e9)) of it between and around them"
    ]
    return ResultTable(name: "profile", columns: columns, rows: rows, notes: notes)
  }
}
