extension ContinuousClock.Instant {
  /// Seconds from this instant to now.
  package var secondsUntilNow: Double {
    let components = duration(to: .now).components
    return Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
