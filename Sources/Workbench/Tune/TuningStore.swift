package import Foundation
package import GPU
package import ShaderCompiler
package import VulkanBackend

/// The files that tunings are kept in, one per device and driver, and the ones that came with the program.
package struct TuningStore: Sendable {
  package let folder: String

  /// `$XDG_CONFIG_HOME/kalsae/tunings`, else `~/.config/kalsae/tunings`; nil where neither variable holds an absolute path.
  package static var standard: TuningStore? {
    let environment = ProcessInfo.processInfo.environment
    if let home = environment["XDG_CONFIG_HOME"], home.hasPrefix("/") {
      return TuningStore(folder: home + "/kalsae/tunings")
    }
    if let home = environment["HOME"], home.hasPrefix("/") {
      return TuningStore(folder: home + "/.config/kalsae/tunings")
    }
    return nil
  }

  package init(folder: String) { self.folder = folder }

  /// Where tunings of kernels that are being edited are kept, so that they replace none of the built-in ones.
  package var ofEditedKernels: TuningStore { TuningStore(folder: folder + "/edited") }

  package func path(for device: PhysicalDevice) -> String {
    let version = device.driverVersion.filter { $0.isLetter || $0.isNumber || $0 == "." || $0 == "-" }
    return "\(folder)/\(device.deviceUUID)-\(version).json"
  }

  /// What plans are made with: what was measured here, and where that has nothing, what ships for the device.
  package func table(for device: PhysicalDevice, pack: KernelPack) -> TuningTable? {
    let shipped = ShippedTunings.table(for: device)
    guard var stored = stored(for: device) else { return shipped }
    let codes = pack.codes
    stored.entries = stored.entries.filter { codes[$0.value.kernel] == $0.value.code }
    stored.entries.merge(shipped?.entries ?? [:]) { measured, _ in measured }
    return stored
  }

  /// The file's table; nil where there is none or it cannot be read.
  package func stored(for device: PhysicalDevice) -> TuningTable? { try? Self.read(path(for: device)) }

  /// - Throws: `TuningFileError` where the file is no table.
  package static func read(_ path: String) throws(TuningFileError) -> TuningTable {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw TuningFileError(description: "\(path) cannot be read")
    }
    do {
      return try JSONDecoder().decode(TuningTable.self, from: data)
    } catch {
      throw TuningFileError(description: "\(path) is no tuning file: run kalsae tune anew, or import another")
    }
  }

  /// Writes the table of a device; a crash leaves the old file whole.
  package func save(_ table: TuningTable, for device: PhysicalDevice) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Self.encoded(table).write(to: URL(fileURLWithPath: path(for: device)), options: .atomic)
  }

  /// Forgets what was measured; false where there was nothing.
  package func reset(_ device: PhysicalDevice) -> Bool {
    (try? FileManager.default.removeItem(atPath: path(for: device))) != nil
  }

  package static func encoded(_ table: TuningTable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    return try encoder.encode(table) + Data("\n".utf8)
  }
}

/// Why a tuning file cannot be used: one sentence.
package struct TuningFileError: Error, CustomStringConvertible {
  package let description: String
}

extension TuningTable {
  /// An empty table of a device.
  package init(_ device: PhysicalDevice) {
    self.init(
      device: device.name, vendorID: device.vendorID, deviceID: device.deviceID,
      driver: "\(device.driverName) \(device.driverInfo)", date: "")
  }
}
