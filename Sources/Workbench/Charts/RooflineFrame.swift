/// The axes of a roofline plot.
struct RooflineFrame {
  static let (width, height) = (960.0, 560.0)
  static let (left, right, top, bottom) = (92.0, 940.0, 18.0, 492.0)
  static let inside = LabelPlacement.Box(
    x: left + 4, y: top + 2, width: right - left - 8, height: bottom - top - 4)

  /// Operations per byte.
  let x: LogScale
  /// Operations per second.
  let y: LogScale

  init(_ plot: RooflinePlot) {
    let points = plot.points.filter(\.isPlaced)
    let flops = plot.roofs.compactMap(\.flopsPerSecond)
    let bytes = plot.roofs.compactMap(\.bytesPerSecond)
    // Where the roofs meet must be seen.
    let ridges = flops.flatMap { roof in bytes.map { roof / $0 } }
    x = LogScale(
      points.map(\.intensity) + ridges.map { $0 * 4 } + [0.5], leastDecades: 3, from: Self.left, to: Self.right)
    y = LogScale(
      points.map(\.flopsPerSecond) + flops + (flops.isEmpty ? bytes.map { $0 * 4 } : [])
        + (points.isEmpty ? bytes.map { $0 / 10 } : []), leastDecades: 3, from: Self.bottom, to: Self.top)
  }

  var axes: String {
    var lines: [String] = []
    let minor =
      x.minorTicks.map { "M\(SVGText.short(x.position($0))) \(SVGText.short(Self.bottom))v4" }
      + y.minorTicks.map { "M\(SVGText.short(Self.left)) \(SVGText.short(y.position($0)))h-4" }
    lines.append(SVGText.path("frame", minor.joined()))
    for tick in x.ticks {
      let position = SVGText.short(x.position(tick))
      lines.append(SVGText.path("grid", "M\(position) \(SVGText.short(Self.top))V\(SVGText.short(Self.bottom))"))
      lines.append(SVGText.text(SVGText.tick(tick), x.position(tick), Self.bottom + 20, anchor: "middle"))
    }
    for tick in y.ticks {
      let position = SVGText.short(y.position(tick))
      lines.append(SVGText.path("grid", "M\(SVGText.short(Self.left)) \(position)H\(SVGText.short(Self.right))"))
      lines.append(SVGText.text(SVGText.tick(tick, unit: "FLOP/s"), Self.left - 9, y.position(tick) + 4, anchor: "end"))
    }
    lines.append(
      SVGText.path(
        "frame", "M\(SVGText.pair((Self.left, Self.top)))V\(SVGText.short(Self.bottom))H\(SVGText.short(Self.right))"))
    lines.append(
      SVGText.text("FLOP/byte", (Self.left + Self.right) / 2, Self.bottom + 42, anchor: "middle", kind: "name"))
    return lines.joined(separator: "\n")
  }
}

extension RooflinePlot.Roof {
  var bytesPerSecond: Double? { if case .bytesPerSecond(let value) = limit { value } else { nil } }
  var flopsPerSecond: Double? { if case .flopsPerSecond(let value) = limit { value } else { nil } }
}
