extension KernelMeasurement {
  /// The measurements as a table; shares of the limit where the device was probed.
  package static func table(_ measurements: [KernelMeasurement], device: String, limits: ProbedLimits) -> ResultTable {
    let rows = measurements.map { measurement -> [ResultTable.Value] in
      let summary = measurement.summary
      return [
        .text(device), .text(measurement.operation), .text(measurement.kernel), .text(measurement.tuning),
        .text(measurement.format), .text(measurement.caseName), .integer(measurement.stepCount),
        .text(measurement.caches.rawValue), .number(summary.median), .number(summary.lower), .number(summary.upper),
        .number(measurement.bytesPerSecond), .number(measurement.floatOperationsPerSecond),
        .number(measurement.share(of: limits)), .numbers(measurement.samples),
      ]
    }
    return ResultTable(name: "kernels", columns: columns, rows: rows)
  }

  private static var columns: [ResultTable.Column] {
    typealias Column = ResultTable.Column
    return [
      Column(name: "device", isShownToPeople: false), Column(name: "operation", isShownToPeople: false),
      Column(name: "kernel"), Column(name: "tuning"), Column(name: "format"), Column(name: "case"),
      Column(name: "steps", heading: "×"), Column(name: "caches"),
      Column(name: "median_ns", heading: "median", format: .nanoseconds),
      Column(name: "lower_ns", heading: "95 % from", format: .nanoseconds),
      Column(name: "upper_ns", heading: "to", format: .nanoseconds),
      Column(name: "bytes_per_second", heading: "GB/s", format: .scaled(1e-9, unit: "")),
      Column(name: "flop_per_second", heading: "GFLOP/s", format: .scaled(1e-9, unit: "")),
      Column(name: "limit_share", heading: "of limit", format: .percent),
      Column(name: "samples_ns", isShownToPeople: false),
    ]
  }
}
