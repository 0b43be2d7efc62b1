import Foundation
import GPU
import VulkanBackend

/// Tunings that come with the program, each measured on the device, driver and day that it names.
enum ShippedTunings {
  /// `kalsae tune export` writes these texts.
  private static let texts: [String] = []

  /// The table of the same device, else of the same vendor's.
  static func table(for device: PhysicalDevice) -> TuningTable? {
    let tables = texts.compactMap { try? JSONDecoder().decode(TuningTable.self, from: Data($0.utf8)) }
    let vendor = tables.filter { $0.vendorID == device.vendorID }
    return vendor.first { $0.deviceID == device.deviceID } ?? vendor.first
  }
}
