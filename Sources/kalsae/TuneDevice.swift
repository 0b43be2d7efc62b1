import Foundation
import GPU

/// The device that tunings are kept for.
enum TuneDevice {
  /// - Throws: `CommandError` that lists the devices that are there.
  static func physical(_ option: String?) throws(CommandError) -> PhysicalDevice {
    do {
      let request = option ?? ProcessInfo.processInfo.environment[BackendChoice.variable]
      return try DeviceSelection.choose(from: try Instance().physicalDevices(), request: request).device
    } catch {
      throw CommandError(error, otherwise: .device)
    }
  }
}
