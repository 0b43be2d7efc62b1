import Foundation

/// Lays a roofline plot out and writes it as SVG.
struct RooflineDrawing {
  private typealias Box = LabelPlacement.Box
  private typealias Frame = RooflineFrame

  /// Of a letter of the labels, a little more than fonts need.
  private static let letterWidth = 6.7

  private let plot: RooflinePlot
  private let points: [(point: RooflinePlot.Point, colour: Int)]
  private let frame: Frame
  private var labels: LabelPlacement

  init(_ plot: RooflinePlot) {
    self.plot = plot
    points = plot.points.enumerated().filter { $0.element.isPlaced }
      .map { ($0.element, $0.element.colour ?? $0.offset) }.sorted { $0.0.share > $1.0.share }
    frame = RooflineFrame(plot)
    labels = LabelPlacement(bounds: Frame.inside)
    for (point, _) in points {
      let radius = Self.radius(point.share)
      let (centreX, centreY) = (frame.x.position(point.intensity), frame.y.position(point.flopsPerSecond))
      labels.take(LabelPlacement.Circle(x: centreX, y: centreY, radius: radius))
    }
  }

  var svg: String {
    var drawing = self
    let parts = [
      drawing.frame.axes, drawing.legend(), drawing.drawnRoofs(), drawing.drawnPoints(), drawing.unplaced,
    ]
    return """
      <svg class="roofline" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(SVGText.short(Frame.width)) \
      \(SVGText.short(Frame.height))" role="img" aria-label="Roofline: operations per second over operations per byte">
      <style>
      \(Self.style)
      </style>
      <rect class="ground" width="100%" height="100%"/>
      \(parts.filter { !$0.isEmpty }.joined(separator: "\n"))
      </svg>

      """
  }

  private static let style = """
    \(ChartColours.properties(".roofline"))
    .roofline{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Noto Sans CJK KR",sans-serif}
    .roofline .ground{fill:var(--card)}
    .roofline text{fill:var(--soft)}
    .roofline .label{fill:var(--ink);paint-order:stroke;stroke:var(--card);stroke-width:3px;stroke-linejoin:round}
    .roofline .name{fill:var(--ink);font-weight:600}
    .roofline .grid{stroke:var(--hair);fill:none}
    .roofline .frame{stroke:var(--line);fill:none}
    .roofline .roof{stroke:var(--ink);stroke-width:1.75;fill:none}
    .roofline .lesser{stroke:var(--faint);stroke-width:1.25;stroke-dasharray:6 4}
    .roofline .leader{stroke:var(--faint);stroke-width:1}
    .roofline circle{stroke:var(--card);stroke-width:1.5;fill-opacity:.88}
    .roofline .key{fill:none;stroke:var(--faint);stroke-width:1.25}
    \(ChartColours.rules(".roofline", property: "fill"))
    """

  /// What areas mean, in the corner above the slope, where no kernel can be.
  private mutating func legend() -> String {
    let keys = [0.02, 0.1, 0.4].filter { $0 <= max(0.1, points.first?.point.share ?? 0) * 1.5 }
    var lines: [String] = []
    var position = Frame.left + 14
    let line = Frame.top + 30
    for share in keys {
      let radius = Self.radius(share)
      lines.append(SVGText.circle("key", position + radius, line, radius))
      let label = String(format: "%.0f %%", share * 100)
      lines.append(SVGText.text(label, position + 2 * radius + 5, line + 4))
      position += 2 * radius + 5 + Double(label.count) * Self.letterWidth + 8
    }
    lines.append(SVGText.text("of the time", position, line + 4))
    position += 11 * Self.letterWidth
    labels.take(Box(x: Frame.left, y: Frame.top, width: position - Frame.left, height: 62))
    return lines.joined(separator: "\n")
  }

  // MARK: Roofs

  private mutating func drawnRoofs() -> String {
    let slopes = plot.roofs.filter { $0.bytesPerSecond != nil }
      .sorted { ($0.bytesPerSecond ?? 0) > ($1.bytesPerSecond ?? 0) }
    let flats = plot.roofs.filter { $0.flopsPerSecond != nil }
      .sorted { ($0.flopsPerSecond ?? 0) > ($1.flopsPerSecond ?? 0) }
    let widest = slopes.first?.bytesPerSecond
    let highest = flats.first?.flopsPerSecond
    var lines: [String] = []
    for (rank, roof) in slopes.enumerated() {
      lines.append(drawn(slope: roof, rank: rank, below: highest))
    }
    for roof in flats { lines.append(drawn(flat: roof, isHighest: roof == flats.first, from: widest)) }
    // Only now: names of roofs stand close to their lines, names of kernels shall not cross them.
    for step in stride(from: Frame.left, to: Frame.right, by: 4) {
      let intensity = frame.x.value(at: step)
      for height in (slopes.compactMap(\.bytesPerSecond).map { $0 * intensity } + flats.compactMap(\.flopsPerSecond))
      where height <= (highest ?? .infinity) && height <= (widest ?? .infinity) * intensity {
        labels.take(Box(x: step, y: frame.y.position(height) - 1, width: 4, height: 2))
      }
    }
    return lines.joined(separator: "\n")
  }

  private mutating func drawn(slope roof: RooflinePlot.Roof, rank: Int, below highest: Double?) -> String {
    let bytes = roof.bytesPerSecond ?? 1
    // From where it enters the plot to where the highest flat roof cuts it off.
    let lowest = max(frame.x.value(at: Frame.left), frame.y.value(at: Frame.bottom) / bytes)
    let last = min(frame.x.value(at: Frame.right), min(highest ?? .infinity, frame.y.value(at: Frame.top)) / bytes)
    guard lowest < last else { return "" }
    let start = (frame.x.position(lowest), frame.y.position(lowest * bytes))
    let end = (frame.x.position(last), frame.y.position(last * bytes))
    let angle = atan2(end.1 - start.1, end.0 - start.0)
    let label = "\(roof.name) \(Figures.metric(bytes, unit: "B/s"))"
    let isAbove = rank == 0
    let off = isAbove ? -7.0 : 16
    let size = Double(label.count) * Self.letterWidth
    // The wider roof is named above its line, narrower ones below theirs, where no circle is.
    func boxes(_ along: Double) -> [Box] {
      (0...8).map { step in
        let distance = along + size * Double(step) / 8
        return Box(
          x: start.0 + distance * cos(angle) - off * sin(angle) - 8,
          y: start.1 + distance * sin(angle) + off * cos(angle) - 12, width: 18, height: 16)
      }
    }
    let places = stride(from: 26.0, to: hypot(end.0 - start.0, end.1 - start.1) - size - 20, by: 16)
    let along = places.first { boxes($0).allSatisfy(labels.isFree) } ?? 26
    for box in boxes(along) { labels.take(box) }
    let anchor = (start.0 + along * cos(angle) - off * sin(angle), start.1 + along * sin(angle) + off * cos(angle))
    let turn = "rotate(\(SVGText.short(angle * 180 / .pi)) \(SVGText.short(anchor.0)) \(SVGText.short(anchor.1)))"
    return SVGText.path(isAbove ? "roof" : "roof lesser", "M\(SVGText.pair(start))L\(SVGText.pair(end))") + "\n"
      + "<text class=\"label\" x=\"\(SVGText.short(anchor.0))\" y=\"\(SVGText.short(anchor.1))\" transform=\"\(turn)\">"
      + "\(MarkupText.escaped(label))</text>"
  }

  private mutating func drawn(flat roof: RooflinePlot.Roof, isHighest: Bool, from widest: Double?) -> String {
    let flops = roof.flopsPerSecond ?? 1
    let start = max(Frame.left, widest.map { frame.x.position(flops / $0) } ?? Frame.left)
    guard start < Frame.right else { return "" }
    let label = "\(roof.name) \(Figures.metric(flops, unit: "FLOP/s"))"
    let size = Double(DisplayWidth.columns(of: label)) * Self.letterWidth
    let line = frame.y.position(flops)
    // Above its line or below, at the right end or as far to the left as its neighbours demand.
    let others = plot.roofs.compactMap(\.flopsPerSecond).map(frame.y.position).filter { $0 != line }
    let places = stride(from: Frame.right - size - 6, to: start, by: -12).flatMap { left in
      [-18.0, 4].map { Box(x: left, y: line + $0, width: size, height: 14) }
    }
    let box =
      places.first { box in labels.isFree(box) && !others.contains { $0 > box.y && $0 < box.y + box.height } }
      ?? Box(x: Frame.right - size - 6, y: line - 18, width: size, height: 14)
    labels.take(box)
    return SVGText.path(
      isHighest ? "roof" : "roof lesser", "M\(SVGText.pair((start, line)))H\(SVGText.short(Frame.right))") + "\n"
      + SVGText.text(label, box.x + box.width, box.y + 12, anchor: "end", kind: "label")
  }

  // MARK: Points

  private mutating func drawnPoints() -> String {
    var circles: [String] = []
    var leaders: [String] = []
    var names: [String] = []
    for (point, colour) in points {
      let (centreX, centreY) = (frame.x.position(point.intensity), frame.y.position(point.flopsPerSecond))
      let radius = Self.radius(point.share)
      let width = Double(DisplayWidth.columns(of: point.label)) * Self.letterWidth
      let (box, leader) = labels.place(width: width, height: 14, around: centreX, centreY, radius: radius)
      let title =
        "\(point.label): \(Figures.metric(point.flopsPerSecond, unit: "FLOP/s")), \(Figures.rate(point.intensity)) FLOP/byte, "
        + String(format: "%.1f %% of the time", point.share * 100)
      circles.append(SVGText.circle(ChartColours.name(colour), centreX, centreY, radius, title: title))
      if let leader {
        leaders.append(SVGText.path("leader", "M\(SVGText.pair(leader.from))L\(SVGText.pair(leader.to))"))
      }
      // The text's end that is near the point is where the box says, however wide the font is.
      let (anchor, at) =
        box.x > centreX
        ? ("start", box.x)
        : box.x + box.width < centreX ? ("end", box.x + box.width) : ("middle", box.x + box.width / 2)
      names.append(SVGText.text(point.label, at, box.y + 11, anchor: anchor, kind: "label"))
    }
    return (circles + leaders + names).joined(separator: "\n")
  }

  private var unplaced: String {
    let names = plot.points.filter { !$0.isPlaced }.map(\.label)
    guard !names.isEmpty else { return "" }
    return SVGText.text("no FLOP: " + names.joined(separator: ", "), Frame.right, Frame.bottom + 62, anchor: "end")
  }

  /// The area is in proportion, but a point can always be seen.
  private static func radius(_ share: Double) -> Double { max(4, 34 * max(0, min(1, share)).squareRoot()) }
}
