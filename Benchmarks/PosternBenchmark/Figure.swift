// The report: every figure with its workload, its unit, the hash of the results that it was measured on, and a ratio within the
// run. The same figures are shown as text, as they come, and written as JSON.

internal import Foundation

/// One measured number.
struct Figure: Codable {
  let workload: String
  let name: String
  let value: Double
  let unit: String
  /// Of the answers, or of the bundle, in hexadecimal; equal hashes are equal results.
  let hash: String
  let ratio: Double
  /// What the ratio is to.
  let to: String
  /// Of figures that the plot shows.
  var engine: String?
  var appCount: Int?
}

/// Every figure of a run, in the order of the report, and how it was measured.
struct Figures: Codable {
  private(set) var settings: [String: String] = [:]
  /// What was left out, and why.
  private(set) var omissions: [String] = []
  private(set) var figures: [Figure] = []
  private(set) var demands: [Demand] = []

  /// Adds a figure and shows it.
  mutating func add(
    _ workload: String, _ name: String, _ value: Double, _ unit: String, hash: UInt64, ratio: Double, to: String,
    engine: String? = nil, appCount: Int? = nil
  ) {
    let figure = Figure(
      workload: workload, name: name, value: value, unit: unit, hash: hexadecimal(hash),
      ratio: ratio.isFinite ? ratio : 0, to: to,
      engine: engine, appCount: appCount)
    let isNew = figures.last?.workload != workload
    figures.append(figure)
    if isNew { show("\n\(workload)") }
    show(
      "  \(padEnd(name, 46)) \(pad(number(value), 13)) \(padEnd(unit, 14)) \(pad(number(ratio), 10)) to \(padEnd(to, 34)) \(figure.hash)"
    )
  }

  /// Adds a figure whose ratio is to the first one of its name in the run, which is the smallest organization's.
  mutating func addAgainstFirst(
    _ workload: String, _ name: String, _ value: Double, _ unit: String, hash: UInt64, engine: String? = nil,
    appCount: Int? = nil
  ) {
    let first = figures.first { $0.name == name }
    let ratio = first.map { $0.value == 0 ? 1 : value / $0.value } ?? 1
    add(
      workload, name, value, unit, hash: hash, ratio: ratio, to: first?.workload ?? "itself", engine: engine,
      appCount: appCount)
  }

  mutating func set(_ setting: String, _ value: String) {
    settings[setting] = value
    show("\(setting): \(value)")
  }

  mutating func add(_ demand: Demand) { demands.append(demand) }

  mutating func omit(_ what: String) {
    omissions.append(what)
    show("\nleft out: \(what)")
  }

  func write(to file: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try (encoder.encode(self) + Data("\n".utf8)).write(to: URL(filePath: file))
  }

  init() {}

  init(file: String) throws {
    self = try JSONDecoder().decode(Figures.self, from: Data(contentsOf: URL(filePath: file)))
  }
}

func hexadecimal(_ value: UInt64) -> String { String(value, radix: 16) }

func pad(_ text: String, _ width: Int) -> String {
  String(repeating: " ", count: max(0, width - text.count)) + text
}

func padEnd(_ text: String, _ width: Int) -> String {
  text + String(repeating: " ", count: max(0, width - text.count))
}

/// A whole number where it is one, otherwise with two places.
func number(_ value: Double) -> String {
  value == value.rounded() ? String(format: "%.0f", value) : String(format: value < 0.1 ? "%.4f" : "%.2f", value)
}

/// Shows a line at once, also where the output is a file.
func show(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }
