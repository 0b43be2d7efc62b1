import Foundation
package import GPU

/// What a report says of device and system: nothing that tells one machine or one person from another.
package struct DeviceFacts: Codable, Sendable {
  package let name: String
  package let kind: String
  package let driver: String
  package let driverVersion: String
  package let vulkan: String
  package let memoryBytes: [Int]
  package let subgroupSizes: [Int]
  package let sharedMemoryBytes: Int
  package let bindingBytes: Int
  package let features: [String]
  package let matrixShapes: [String]
  package let system: String
  package let kernel: String
  package let processorCount: Int

  package init(_ device: PhysicalDevice) {
    name = device.name
    kind = device.kind.rawValue
    driver = "\(device.driverName) \(device.driverInfo)"
    driverVersion = device.driverVersion
    vulkan = device.apiVersion
    memoryBytes = device.heaps.map(\.byteCount)
    subgroupSizes = [device.subgroupSizeRange.lowerBound, device.subgroupSize, device.subgroupSizeRange.upperBound]
    sharedMemoryBytes = device.sharedMemoryByteCount
    bindingBytes = device.maximumStorageBufferRange
    features = device.features.names
    matrixShapes =
      device.cooperativeMatrixShapes.map { "\($0)" } + device.flexibleMatrixGranules.map { "multiples of \($0)" }
    system = Self.field("PRETTY_NAME", of: "/etc/os-release") ?? "Linux"
    kernel = Self.text("/proc/sys/kernel/osrelease").trimmingCharacters(in: .whitespacesAndNewlines)
    processorCount = ProcessInfo.processInfo.activeProcessorCount
  }

  package var table: ResultTable {
    let rows: [(String, String)] = [
      ("device", "\(name) (\(kind))"), ("driver", "\(driver), \(driverVersion)"), ("Vulkan", vulkan),
      ("memory", memoryBytes.map(Figures.bytes).joined(separator: ", ")),
      ("subgroups", "\(subgroupSizes[1]) (\(subgroupSizes[0]) to \(subgroupSizes[2]))"),
      ("shared memory", Figures.bytes(sharedMemoryBytes)), ("binding", Figures.bytes(bindingBytes)),
      ("features", features.joined(separator: " ")), ("matrix shapes", matrixShapes.joined(separator: ", ")),
      ("system", "\(system), Linux \(kernel), \(processorCount) processors"),
    ]
    return ResultTable(
      name: "device", columns: [ResultTable.Column(name: "fact"), ResultTable.Column(name: "value")],
      rows: rows.filter { !$0.1.isEmpty }.map { [.text($0.0), .text($0.1)] })
  }

  private static func field(_ key: String, of path: String) -> String? {
    text(path).split(separator: "\n").first { $0.hasPrefix("\(key)=") }.map {
      $0.dropFirst(key.count + 1).trimmingCharacters(in: CharacterSet(charactersIn: "\""))
    }
  }

  private static func text(_ path: String) -> String {
    (try? String(contentsOf: URL(fileURLWithPath: path), encoding: .utf8)) ?? ""
  }
}
