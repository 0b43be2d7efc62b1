import GPU

/// A probe that is ready to run, at any size.
struct ProbeDispatch {
  let pipeline: Pipeline
  let bindings: [Binding]
  let groupCount: Int
  let growth: ProbeGrowth
  /// Bytes or operations that one item of its size counts.
  let unitsPerItem: Double
}
