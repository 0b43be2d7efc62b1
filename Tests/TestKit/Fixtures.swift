/// The files that tests share.
public enum Fixtures {
  /// `Tests/Fixtures`.
  public static let directory: String = {
    let parts = #filePath.split(separator: "/").dropLast(2)
    return "/" + (parts + ["Fixtures"]).joined(separator: "/")
  }()

  /// The tiny random checkpoints that come with golden values.
  public static let checkpoints = ["exaone-3.0", "exaone-3.5-tied", "llama-3.1"]

  /// The folder of a checkpoint.
  public static func checkpoint(_ name: String) -> String { "\(directory)/checkpoints/\(name)" }
}
