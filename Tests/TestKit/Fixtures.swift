/// The files that tests share.
public enum Fixtures {
  /// `Tests/Fixtures`.
  public static let directory: String = {
    let parts = #filePath.split(separator: "/").dropLast(2)
    return "/" + (parts + ["Fixtures"]).joined(separator: "/")
  }()

  /// The tiny random checkpoints that come with golden values.
  public static let checkpoints = ["exaone-3.0", "exaone-3.5-tied", "llama-3.1"] + ggufCheckpoints
  /// Those of them that are GGUF files.
  public static let ggufCheckpoints = ["exaone-q4_k_m", "llama-mixed"]

  /// The folder of a checkpoint, with its golden values.
  public static func checkpoint(_ name: String) -> String { "\(directory)/checkpoints/\(name)" }

  /// The model of a checkpoint: its GGUF file, or the folder itself.
  public static func model(_ name: String) -> String {
    ggufCheckpoints.contains(name) ? "\(checkpoint(name))/model.gguf" : checkpoint(name)
  }
}
