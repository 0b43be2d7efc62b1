import Testing
import Workbench

@Suite struct RooflinePlotTests {
  struct Box {
    let (left, right, top, bottom): (Double, Double, Double, Double)
    func overlaps(_ other: Box) -> Bool {
      left < other.right && other.left < right && top < other.bottom && other.top < bottom
    }
  }

  static let roofs: [RooflinePlot.Roof] = [
    .init(name: "read", bytesPerSecond: 4.2e12), .init(name: "copy", bytesPerSecond: 3.9e12),
    .init(name: "f32", flopsPerSecond: 60e12), .init(name: "f16 & <more>", flopsPerSecond: 65e12),
    .init(name: "coopmat", flopsPerSecond: 780e12),
  ]

  /// Fifteen kernels of nearly the same intensity and speed.
  static let crowd = (0..<15).map { index in
    RooflinePlot.Point(
      label: "linear_tokens.q4_k ROWS=\(index)", intensity: 1 + 0.15 * Double(index % 5),
      flopsPerSecond: 2e12 * (1 + 0.12 * Double(index)), share: 0.3 / Double(index + 2))
  }

  static func elements(_ plot: RooflinePlot, _ name: String) throws -> [XMLDocumentReader.Element] {
    try XMLDocumentReader.elements(plot.svg).filter { $0.name == name }
  }

  /// Where the text of kernels stands, by the width that letters of this size have at most.
  static func box(_ element: XMLDocumentReader.Element) throws -> Box {
    let x = try #require(element.attributes["x"].flatMap { Double($0) })
    let y = try #require(element.attributes["y"].flatMap { Double($0) })
    let width = Double(DisplayWidth.columns(of: element.text)) * 6.6
    let left =
      switch element.attributes["text-anchor"] {
      case "end": x - width
      case "middle": x - width / 2
      default: x
      }
    return Box(left: left, right: left + width, top: y - 9, bottom: y + 2)
  }

  @Test func labelsDoNotOverlap() throws {
    let labels = try Self.elements(RooflinePlot(roofs: Self.roofs, points: Self.crowd), "text")
      .filter { $0.attributes["class"] == "label" && $0.attributes["transform"] == nil }
    #expect(labels.count == 15 + 3)
    let boxes = try labels.map(Self.box)
    for first in boxes.indices {
      #expect(boxes[first].left >= 92 && boxes[first].right <= 944 && boxes[first].bottom <= 492)
      for second in boxes.indices where second > first {
        #expect(!boxes[first].overlaps(boxes[second]), "\(labels[first].text) and \(labels[second].text)")
      }
    }
  }

  /// A small circle on the edge of a large one, near the end of the plot.
  @Test func aLabelIsNearestToItsOwnCircle() throws {
    let points = [(76.0, 5.6e9, 0.83), (57, 5.2e9, 0.04), (0.1, 1e8, 0.01)].map {
      RooflinePlot.Point(label: "kernel \($0.0)", intensity: $0.0, flopsPerSecond: $0.1, share: $0.2)
    }
    let roofs = [
      RooflinePlot.Roof(name: "read", bytesPerSecond: 7e9), RooflinePlot.Roof(name: "f32", flopsPerSecond: 42e9),
    ]
    let plot = RooflinePlot(roofs: roofs, points: points)
    let label = try #require(try Self.elements(plot, "text").first { $0.text == "kernel 76.0" })
    let box = try Self.box(label)
    func distance(_ kind: String) throws -> Double {
      let circle = try #require(try Self.elements(plot, "circle").first { $0.attributes["class"] == kind })
      let numbers = try ["cx", "cy", "r"].map { try #require(Double(circle.attributes[$0] ?? "")) }
      let (x, y, radius) = (numbers[0], numbers[1], numbers[2])
      let (across, down) = (x - min(max(x, box.left), box.right), y - min(max(y, box.top), box.bottom))
      return (across * across + down * down).squareRoot() - radius
    }
    #expect(try distance("c0") + 1 < distance("c1"))
  }

  @Test func areasAreSharesOfTheTime() throws {
    let points = [0.4, 0.1].map {
      RooflinePlot.Point(label: "\($0)", intensity: 10 * $0, flopsPerSecond: 1e12, share: $0)
    }
    let circles = try Self.elements(RooflinePlot(roofs: Self.roofs, points: points), "circle")
      .filter { $0.attributes["class"]?.hasPrefix("c") == true }
    let radii = circles.compactMap { $0.attributes["r"].flatMap { Double($0) } }
    #expect(radii.count == 2 && abs(radii[0] * radii[0] / (radii[1] * radii[1]) - 4) < 0.1)
    #expect(circles.map { $0.attributes["class"] } == ["c0", "c1"])
  }

  /// A kernel at the limit lies on the line of its roof, whichever that is.
  @Test(arguments: [(1.0, 4.2e12), (1000.0, 780e12)])
  func whatReachesTheRoofLiesOnIt(intensity: Double, flops: Double) throws {
    let point = RooflinePlot.Point(label: "best", intensity: intensity, flopsPerSecond: flops, share: 0.5)
    let plot = RooflinePlot(roofs: Self.roofs, points: [point])
    let circle = try #require(
      try Self.elements(plot, "circle").first { $0.attributes["class"] == "c0" })
    let x = try #require(circle.attributes["cx"].flatMap { Double($0) })
    let y = try #require(circle.attributes["cy"].flatMap { Double($0) })
    let lines = try Self.elements(plot, "path").filter { $0.attributes["class"] == "roof" }
      .compactMap { $0.attributes["d"] }
    let numbers = lines.map { line in line.split { !"0123456789.".contains($0) }.compactMap { Double($0) } }
    let (slope, flat) = (try #require(numbers.first), try #require(numbers.last))
    try #require(slope.count == 4 && flat.count == 3)
    let height =
      x < slope[2] ? slope[1] + (x - slope[0]) / (slope[2] - slope[0]) * (slope[3] - slope[1]) : flat[1]
    #expect(abs(height - y) < 0.5)
  }

  @Test func kernelsWithoutOperationsAreNamed() throws {
    let points = [
      RooflinePlot.Point(label: "copy <x>", intensity: 0, flopsPerSecond: 0, share: 0.5),
      RooflinePlot.Point(label: "nothing", intensity: .nan, flopsPerSecond: .nan, share: 0),
    ]
    let texts = try Self.elements(RooflinePlot(roofs: Self.roofs, points: points), "text").map(\.text)
    #expect(texts.contains("no FLOP: copy <x>, nothing"))
    #expect(texts.contains { $0.hasPrefix("f16 & <more> 65.0 TFLOP/s") })
  }

  @Test func nothingIsStillAPlot() throws {
    #expect(try Self.elements(RooflinePlot(roofs: [], points: []), "svg").count == 1)
    let slope = RooflinePlot(roofs: [Self.roofs[0]], points: [])
    #expect(try Self.elements(slope, "path").contains { $0.attributes["class"] == "roof" })
  }

  @Test func nothingIsLoaded() {
    let svg = RooflinePlot(roofs: Self.roofs, points: Self.crowd).svg
    for word in ["<script", "href", "url(", "@import", "<image", "foreignObject"] { #expect(!svg.contains(word)) }
  }
}
