import GPU
import Models
import ShaderCompiler
import Tensors
import Workbench

/// What `kalsae devices --fit` shows.
struct FitReport: Encodable {
  struct Row: Encodable {
    /// Format of the matrices.
    let weights: String
    let isStored: Bool
    let weightBytes: Int
    /// The longest context that fits; absent where none does.
    let contextLength: Int?
    let contextLengthFloat32: Int?
    let contextLengthQ8_0: Int?
    /// What reading alone allows; absent where the device was not measured.
    let tokensPerSecondAtMost: Double?
    /// Why nothing fits, where it is not the memory.
    let obstacle: String?
  }

  struct Entry: Encodable {
    let index: Int
    let name: String
    let availableBytes: Int
    let readBytesPerSecond: Double?
    let rows: [Row]
  }

  let model: String
  /// What the model was made for.
  let contextLength: Int
  let devices: [Entry]
  /// One sentence with the command to take; absent where nothing fits.
  let recommendation: String?

  /// - Parameters:
  ///   - devices: those to look at.
  ///   - chosen: index of the one that is used without `--device`.
  ///   - command: what runs the model.
  init(
    _ model: Model, on devices: [PhysicalDevice], probed: ProbedDevices, chosen: Int?, kernels: KernelPack,
    command: String
  ) throws {
    let fitter = try ModelFitter(model) { Runtime.limits(contextLength: $0, keyValueFormat: $1) }
    let stored = fitter.matrixFormats.map(\.name).joined(separator: " ")
    let fits = devices.map { ($0, fitter.fits(in: DeviceSpace($0, kernels: kernels, leftOut: probed.leftOut(on: $0)))) }
    self.model = model.path
    contextLength = model.architecture.contextLength
    self.devices = fits.map { device, fits in
      let rate = probed.probes[device.index]?.readBytesPerSecond
      return Entry(
        index: device.index, name: device.name, availableBytes: device.heaps.availableByteCount,
        readBytesPerSecond: rate, rows: fits.map { Row($0, stored: stored, readBytesPerSecond: rate) })
    }
    let usual = min(contextLength, Runtime.defaultContextLength)
    func rank(_ device: PhysicalDevice) -> Double {
      device.index == chosen ? .infinity : probed.probes[device.index]?.readBytesPerSecond ?? 0
    }
    for (device, fits) in fits.sorted(by: { rank($0.0) > rank($1.0) }) {
      let most = fits.first?.weightByteCount ?? 0
      guard let fit = ModelFit.recommended(among: fits, contextLength: usual, storedByteCount: most) else { continue }
      recommendation = Self.sentence(fit, command, on: device, isChosen: device.index == chosen, usualContext: usual)
      return
    }
    recommendation = nil
  }

  private static func sentence(
    _ fit: ModelFit, _ command: String, on device: PhysicalDevice, isChosen: Bool, usualContext: Int
  ) -> String {
    let longest = fit.contextLength ?? 0
    var command = command
    if !isChosen { command += " --device \(device.index)" }
    if let format = fit.format { command += " --weights \(format)" }
    if longest < usualContext { command += " --context \(longest)" }
    let more = longest > usualContext ? ", and up to \(longest) with --context \(longest)" : ""
    return "take `\(command)`: it has room for \(min(longest, usualContext)) tokens on \(device.name)\(more)"
  }

  func text(_ console: Console) -> String {
    var lines = [console.heading(model) + ", made for \(contextLength) tokens"]
    for device in devices {
      let rate = device.readBytesPerSecond.map { ", reads \(Figures.metric($0, "B/s"))" } ?? ", not measured yet"
      lines += [
        "",
        console.heading("\(device.index)  \(device.name)") + ": \(Figures.bytes(device.availableBytes)) left\(rate)",
      ]
      var table = TextTable(
        ["weights", "bytes", "context, f16 cache", "f32 cache", "q8_0 cache", "tokens/s at most", ""],
        numeric: [1, 2, 3, 4, 5])
      for row in device.rows {
        table.append([
          row.weights + (row.isStored ? " (stored)" : ""), Figures.bytes(row.weightBytes),
          row.contextLength.map { "\($0)" } ?? "does not fit",
          row.contextLengthFloat32.map { "\($0)" } ?? "does not fit",
          row.contextLengthQ8_0.map { "\($0)" } ?? "does not fit",
          row.tokensPerSecondAtMost.map { Figures.rate($0) } ?? "", row.obstacle ?? "",
        ])
      }
      lines += table.lines
    }
    lines += ["", recommendation ?? "nothing fits: free memory on a device, or take a smaller model"]
    return lines.map { $0 + "\n" }.joined()
  }
}

extension FitReport.Row {
  fileprivate init(_ fit: ModelFit, stored: String, readBytesPerSecond: Double?) {
    weights = fit.format?.name ?? stored
    isStored = fit.format == nil
    weightBytes = fit.weightByteCount
    contextLength = fit.contextLength
    contextLengthFloat32 = fit.float32ContextLength
    contextLengthQ8_0 = fit.q8ContextLength
    tokensPerSecondAtMost = fit.fits ? readBytesPerSecond.map { fit.tokensPerSecond(reading: $0) } : nil
    obstacle = fit.obstacle
  }
}
