import Foundation

/// Finds room for labels beside their points, one after the other, where nothing stands yet.
struct LabelPlacement {
  struct Box {
    var x: Double
    var y: Double
    var width: Double
    var height: Double

    func overlap(_ other: Box) -> Double {
      let across = min(x + width, other.x + other.width) - max(x, other.x)
      let down = min(y + height, other.y + other.height) - max(y, other.y)
      return across > 0 && down > 0 ? across * down : 0
    }

    func contains(_ other: Box) -> Bool {
      other.x >= x && other.y >= y && other.x + other.width <= x + width && other.y + other.height <= y + height
    }

    /// The point of the box that is nearest.
    func nearest(_ point: (x: Double, y: Double)) -> (x: Double, y: Double) {
      (min(max(point.x, x), x + width), min(max(point.y, y), y + height))
    }
  }

  struct Circle {
    let x: Double
    let y: Double
    let radius: Double

    func distance(to box: Box) -> Double {
      let nearest = box.nearest((x, y))
      return hypot(nearest.x - x, nearest.y - y) - radius
    }
  }

  struct Leader {
    let from: (x: Double, y: Double)
    let to: (x: Double, y: Double)

    func crosses(_ box: Box) -> Bool {
      (1...15).contains { step in
        let share = Double(step) / 16
        let point = (from.x + share * (to.x - from.x), from.y + share * (to.y - from.y))
        return box.nearest(point) == point
      }
    }
  }

  /// How much nearer a label is to its own circle than to others.
  private static let clearance = 4.0

  let bounds: Box
  private(set) var taken: [Box] = []
  private var circles: [Circle] = []
  private var labels: [Box] = []
  private var leaders: [Leader] = []

  init(bounds: Box) { self.bounds = bounds }

  mutating func take(_ box: Box) { taken.append(box) }

  mutating func take(_ circle: Circle) {
    circles.append(circle)
    let (x, y, radius) = (circle.x, circle.y, circle.radius)
    take(Box(x: x - radius, y: y - radius, width: 2 * radius, height: 2 * radius))
  }

  func isFree(_ box: Box) -> Bool { bounds.contains(box) && taken.allSatisfy { $0.overlap(box) == 0 } }

  /// The nearest free place around a circle, or the one with the least overlap, and a line to it where it is far.
  mutating func place(
    width: Double, height: Double, around x: Double, _ y: Double, radius: Double
  ) -> (box: Box, leader: Leader?) {
    var best = (box: Box(x: x + radius + 3, y: y - height / 2, width: width, height: height), leader: Leader?.none)
    var leastCost = Double.infinity
    for gap in [3.0, 10, 20, 32, 46, 62, 80, 100, 125, 150] {
      for turn in [0, 8, 15, 1, 7, 9, 14, 2, 6, 10, 13, 3, 5, 11, 12, 4] {
        let angle = Double(turn) * .pi / 8
        let box = Self.box(width, height, x, y, radius + gap, angle)
        guard bounds.contains(box) else { continue }
        let to = box.nearest((x, y))
        let distance = max(1, hypot(to.x - x, to.y - y))
        let from = (x + (to.x - x) * radius / distance, y + (to.y - y) * radius / distance)
        let leader = gap > 10 ? Leader(from: from, to: to) : nil
        let overlap = taken.reduce(0) { $0 + $1.overlap(box) }
        let crossings =
          leaders.count { $0.crosses(box) } + (leader.map { leader in labels.count { leader.crosses($0) } } ?? 0)
        // Without a line a label is taken for that of the nearest circle.
        let isMistakable =
          leader == nil && circles.contains { ($0.x != x || $0.y != y) && $0.distance(to: box) < gap + Self.clearance }
        // An overlap is worse than a crossing, and that is worse than a label that misleads or a long way.
        let cost = 100 * overlap + 400 * Double(crossings) + (isMistakable ? 200 : 0) + gap
        if cost < leastCost { (best, leastCost) = ((box, leader), cost) }
      }
    }
    taken.append(best.box)
    labels.append(best.box)
    if let leader = best.leader { leaders.append(leader) }
    return best
  }

  /// The box whose nearest edge or corner lies at that distance in that direction.
  private static func box(
    _ width: Double, _ height: Double, _ x: Double, _ y: Double, _ distance: Double, _ angle: Double
  ) -> Box {
    let (across, down) = (cos(angle), sin(angle))
    return Box(
      x: x + distance * across - width * (1 - across) / 2, y: y + distance * down - height * (1 - down) / 2,
      width: width, height: height)
  }
}
