import Ops

/// What was measured to be best on a device: for each class of work a kernel and its tuning.
package struct TuningTable: Sendable, Codable, Hashable {
  package struct Entry: Sendable, Codable, Hashable {
    /// The kernel's file.
    package var kernel: String
    package var tuning: Tuning
    /// Time of the choice over the time of the untuned default, measured in turns.
    package var ratio: Double
    /// Median time of the choice, in nanoseconds.
    package var nanoseconds: Double
    /// The case that was measured.
    package var caseName: String
    /// Fingerprint of the kernel's code; another code makes the entry stale.
    package var code: String

    package init(
      kernel: String, tuning: Tuning, ratio: Double, nanoseconds: Double, caseName: String, code: String
    ) {
      self.kernel = kernel
      self.tuning = tuning
      self.ratio = ratio
      self.nanoseconds = nanoseconds
      self.caseName = caseName
      self.code = code
    }
  }

  /// The device, as `kalsae devices` shows it.
  package var device: String
  package var vendorID: Int
  package var deviceID: Int
  /// The driver's name and version.
  package var driver: String
  /// Day of the latest measurement, `YYYY-MM-DD`.
  package var date: String
  package var entries: [WorkClass: Entry]

  package init(
    device: String, vendorID: Int, deviceID: Int, driver: String, date: String, entries: [WorkClass: Entry] = [:]
  ) {
    self.device = device
    self.vendorID = vendorID
    self.deviceID = deviceID
    self.driver = driver
    self.date = date
    self.entries = entries
  }

  /// The kernel and tuning for a request, where one was measured and is still legal for exactly this request.
  ///
  /// - Parameter codes: the fingerprints that the kernels have now; nil trusts every entry.
  package func choice(
    for request: LaunchRequest, codes: [String: String]? = nil
  ) -> (kernel: any Kernel, tuning: Tuning)? {
    guard let entry = entries[WorkClass(request)], codes.map({ $0[entry.kernel] == entry.code }) != false,
      let kernel = KernelCatalogue.kernels(for: request).first(where: {
        $0.file == entry.kernel && $0.suits(request.profile)
      }),
      kernel.tunings(for: request).contains(entry.tuning)
    else { return nil }
    return (kernel, entry.tuning)
  }
}
