import Foundation
import GPU
import VulkanBackend

/// Tunings that come with the program, each measured on the device, driver and day that it names.
package enum ShippedTunings {
  /// What `kalsae tune export` wrote, those entries that gain something.
  package static let texts = [llvmpipe]

  /// The table of the same device, else of the same vendor's.
  static func table(for device: PhysicalDevice) -> TuningTable? {
    let tables = texts.compactMap { try? JSONDecoder().decode(TuningTable.self, from: Data($0.utf8)) }
    let vendor = tables.filter { $0.vendorID == device.vendorID }
    return vendor.first { $0.deviceID == device.deviceID } ?? vendor.first
  }
}
