import Foundation

/// A roofline plot (Williams, Waterman and Patterson 2009): what kernels reach beside what the device allows.
///
/// One self-contained SVG without scripts and fonts, for light and dark ground.
package struct RooflinePlot: Sendable {
  /// A limit that was measured.
  package struct Roof: Sendable, Hashable {
    enum Limit: Sendable, Hashable { case bytesPerSecond(Double), flopsPerSecond(Double) }
    package let name: String
    let limit: Limit

    package init(name: String, bytesPerSecond: Double) {
      self.name = name
      limit = .bytesPerSecond(bytesPerSecond)
    }

    package init(name: String, flopsPerSecond: Double) {
      self.name = name
      limit = .flopsPerSecond(flopsPerSecond)
    }
  }

  /// A kernel. One without floating-point operations has no place and is named below the plot.
  package struct Point: Sendable, Hashable {
    package let label: String
    /// Operations per byte.
    package let intensity: Double
    package let flopsPerSecond: Double
    /// Of the time, 0 to 1; the area follows from it.
    package let share: Double
    /// Which colour, from 0; nil for the position in the list.
    package let colour: Int?

    package init(label: String, intensity: Double, flopsPerSecond: Double, share: Double, colour: Int? = nil) {
      self.label = label
      self.intensity = intensity
      self.flopsPerSecond = flopsPerSecond
      self.share = share
      self.colour = colour
    }

    var isPlaced: Bool { intensity > 0 && intensity.isFinite && flopsPerSecond > 0 && flopsPerSecond.isFinite }
  }

  package var roofs: [Roof]
  package var points: [Point]

  package init(roofs: [Roof], points: [Point]) {
    self.roofs = roofs
    self.points = points
  }

  package var svg: String { RooflineDrawing(self).svg }
}
