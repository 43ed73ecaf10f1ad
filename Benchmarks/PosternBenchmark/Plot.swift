// The time of a decision against the number of apps, both on logarithmic axes, as an SVG that can be read on light and on dark.
// Drawn from the JSON of a run; refuses a run without figures of engines.

internal import Foundation

/// What is drawn: for each engine, its times by number of apps.
struct Plot {
  struct Line {
    let engine: String
    let points: [(apps: Double, nanoseconds: Double)]
  }

  private let lines: [Line]
  private let caption: String

  private static let engines = ["casbin", "indexed casbin", "rego-cpp", "Cedar", "Postern", "the floor"]
  private static let (width, height) = (800.0, 460.0)
  private static let (left, right, top, bottom) = (72.0, 590.0, 56.0, 396.0)

  init(_ figures: Figures) throws {
    lines = Self.engines.compactMap { engine in
      var least: [Int: Double] = [:]
      for figure in figures.figures where figure.engine == engine {
        if let apps = figure.appCount { least[apps] = min(least[apps] ?? .infinity, figure.value) }
      }
      let points = least.sorted { $0.key < $1.key }.map { (apps: Double($0.key), nanoseconds: max($0.value, 1)) }
      return points.isEmpty ? nil : Line(engine: engine, points: points)
    }
    if lines.isEmpty { throw CocoaError(.fileReadCorruptFile) }
    caption = "One machine, one run, \(figures.settings["date"]?.prefix(10) ?? ""); the same request, the same answers."
  }

  func write(to file: String) throws { try Data(svg.utf8).write(to: URL(filePath: file)) }

  // MARK: axes

  private var decades: (apps: Int, nanoseconds: Int) {
    let points = lines.flatMap(\.points)
    func decade(_ value: Double?) -> Int { max(2, Int(log10(value ?? 1).rounded(.up))) }
    return (decade(points.map(\.apps).max()), decade(points.map(\.nanoseconds).max()))
  }

  private func x(_ apps: Double) -> Double {
    Self.left + (Self.right - Self.left) * log10(apps) / Double(decades.apps)
  }

  /// The lowest decade is that from 10 ns on.
  private func y(_ nanoseconds: Double) -> Double {
    Self.bottom - (Self.bottom - Self.top) * (log10(nanoseconds) - 1) / Double(decades.nanoseconds - 1)
  }

  private var axes: [String] {
    let columns = (0...decades.apps).flatMap { decade -> [String] in
      let x = x(pow(10, Double(decade)))
      return [
        rule(x, Self.top, x, Self.bottom),
        text(x, Self.bottom + 20, Self.grouped(pow(10, Double(decade))), anchor: "middle"),
      ]
    }
    let rows = (1...decades.nanoseconds).flatMap { decade -> [String] in
      let y = y(pow(10, Double(decade)))
      return [rule(Self.left, y, Self.right, y), text(Self.left - 8, y + 4, Self.time(decade), anchor: "end")]
    }
    return columns + rows + [text((Self.left + Self.right) / 2, Self.bottom + 42, "apps", anchor: "middle")]
  }

  private static func grouped(_ value: Double) -> String {
    let digits = String(Int(value))
    return digits.count <= 3
      ? digits : digits.count <= 6 ? "\(digits.dropLast(3)),000" : "\(digits.dropLast(6)),000,000"
  }

  private static func time(_ decade: Int) -> String {
    let unit = ["ns", "µs", "ms", "s"][min(decade / 3, 3)]
    return "\(Int(pow(10, Double(decade - 3 * min(decade / 3, 3))))) \(unit)"
  }

  // MARK: lines

  /// Heights of the names at the ends of the lines, from above, at least a line of text apart.
  private var labelHeights: [String: Double] {
    var heights: [String: Double] = [:]
    var last = -Double.infinity
    for line in lines.sorted(by: { end($0).y < end($1).y }) {
      last = max(end(line).y + 4, last + 18)
      heights[line.engine] = last
    }
    return heights
  }

  private func end(_ line: Line) -> (x: Double, y: Double) {
    line.points.last.map { (x($0.apps), y($0.nanoseconds)) } ?? (Self.left, Self.bottom)
  }

  private func draw(_ line: Line) -> [String] {
    let style = "e\(Self.engines.firstIndex(of: line.engine) ?? 0)"
    let places = line.points.map { (x($0.apps), y($0.nanoseconds)) }
    let path = places.map { "\(Self.short($0.0)),\(Self.short($0.1))" }.joined(separator: " ")
    let dots = places.map {
      "<circle class=\"\(style) dot\" cx=\"\(Self.short($0.0))\" cy=\"\(Self.short($0.1))\" r=\"3\"/>"
    }
    let height = labelHeights[line.engine] ?? 0
    let last = line.points.last.map { Self.spoken($0.nanoseconds) } ?? ""
    return ["<polyline class=\"\(style)\" points=\"\(path)\"/>"] + dots
      + [
        "<text class=\"\(style) name\" x=\"\(Self.short(end(line).x + 12))\" y=\"\(Self.short(height))\">\(line.engine), \(last)</text>"
      ]
  }

  private static func spoken(_ nanoseconds: Double) -> String {
    let decade = min(Int(log10(max(nanoseconds, 1))) / 3, 2)
    let value = nanoseconds / pow(1_000, Double(decade))
    return "\(String(format: value < 10 ? "%.1f" : "%.0f", value)) \(["ns", "µs", "ms"][decade])"
  }

  // MARK: text

  private func rule(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double) -> String {
    "<line class=\"grid\" x1=\"\(Self.short(x1))\" y1=\"\(Self.short(y1))\" x2=\"\(Self.short(x2))\" y2=\"\(Self.short(y2))\"/>"
  }

  private func text(_ x: Double, _ y: Double, _ text: String, anchor: String) -> String {
    "<text x=\"\(Self.short(x))\" y=\"\(Self.short(y))\" text-anchor=\"\(anchor)\">\(text)</text>"
  }

  private static func short(_ value: Double) -> String { String(format: "%.1f", value) }

  private static let style = """
    svg { background: #ffffff; font: 13px system-ui, sans-serif; }
    text { fill: #59636e; } .title { fill: #1f2328; font-size: 16px; font-weight: 600; } .caption { font-size: 11px; }
    .grid { stroke: #d8dee4; } polyline { fill: none; stroke-width: 2; } .name { font-weight: 600; }
    polyline.e0 { stroke: #9a6700; } .e0.dot, .e0.name { fill: #9a6700; }
    polyline.e1 { stroke: #bc4c00; } .e1.dot, .e1.name { fill: #bc4c00; }
    polyline.e2 { stroke: #8250df; } .e2.dot, .e2.name { fill: #8250df; }
    polyline.e3 { stroke: #0969da; } .e3.dot, .e3.name { fill: #0969da; }
    polyline.e4 { stroke: #1a7f37; stroke-width: 3; } .e4.dot, .e4.name { fill: #1a7f37; }
    polyline.e5 { stroke: #6e7781; stroke-dasharray: 5 4; } .e5.dot, .e5.name { fill: #6e7781; }
    @media (prefers-color-scheme: dark) {
      svg { background: #0d1117; } text { fill: #9198a1; } .title { fill: #f0f6fc; } .grid { stroke: #2a313c; }
      polyline.e0 { stroke: #d29922; } .e0.dot, .e0.name { fill: #d29922; }
      polyline.e1 { stroke: #f0883e; } .e1.dot, .e1.name { fill: #f0883e; }
      polyline.e2 { stroke: #bc8cff; } .e2.dot, .e2.name { fill: #bc8cff; }
      polyline.e3 { stroke: #58a6ff; } .e3.dot, .e3.name { fill: #58a6ff; }
      polyline.e4 { stroke: #3fb950; } .e4.dot, .e4.name { fill: #3fb950; }
      polyline.e5 { stroke: #9198a1; } .e5.dot, .e5.name { fill: #9198a1; }
    }
    """

  private var svg: String {
    let (width, height) = (Int(Self.width), Int(Self.height))
    let head = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(width)\" height=\"\(height)\" viewBox=\"0 0 \(width) \(height)\" role=\"img\">",
      "<title>Time of a decision against the number of apps</title>", "<style>\n\(Self.style)\n</style>",
      "<text class=\"title\" x=\"16\" y=\"26\">One decision, by number of apps</text>",
      "<text class=\"caption\" x=\"16\" y=\"44\">\(caption)</text>",
    ]
    return (head + axes + lines.flatMap(draw) + ["</svg>"]).joined(separator: "\n") + "\n"
  }
}
