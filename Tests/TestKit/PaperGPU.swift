import Foundation

/// Mesa's driver for AMD GPUs, which compiles for families that are not there and runs nothing.
public enum PaperGPU {
  /// The driver's file for the Vulkan loader; nil where it is not installed.
  public static let driver: String? = ["/usr/share/vulkan/icd.d", "/etc/vulkan/icd.d"].lazy.compactMap { folder in
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.first { $0.hasPrefix("radeon_icd") }.map { "\(folder)/\($0)" }
  }.first

  /// Variables that show a GPU of this family alone.
  public static func environment(_ family: String) -> [String: String] {
    ["RADV_FORCE_FAMILY": family, "VK_DRIVER_FILES": driver ?? "", "VK_ICD_FILENAMES": driver ?? ""]
  }
}
