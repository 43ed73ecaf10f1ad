// The report as data: every figure with its workload, its unit and the hash of the results that it was measured on.

internal import Foundation

/// One measured number.
struct Figure: Encodable {
  let workload: String
  let name: String
  let value: Double
  let unit: String
  /// Of the answers, in hexadecimal; equal hashes are equal answers.
  var hash: String?
}

/// Every figure of a run, in the order of the report.
struct Figures: Encodable {
  private(set) var figures: [Figure] = []

  mutating func add(_ workload: String, _ name: String, _ value: Double, _ unit: String, hash: UInt64? = nil) {
    figures.append(Figure(workload: workload, name: name, value: value, unit: unit, hash: hash.map(hexadecimal)))
  }

  /// What callgrind counted over a batch: instructions a decision, and all allocations.
  mutating func add(_ workload: String, _ count: Count, hash: UInt64) {
    let instructions = Double(count.instructions / DecisionLoop.batchCount)
    add(workload, "decide", instructions, "instructions", hash: hash)
    add(workload, "decide, a batch of 64", Double(count.allocations), "allocations", hash: hash)
  }

  func write(to file: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try (encoder.encode(self) + Data("\n".utf8)).write(to: URL(filePath: file))
  }
}

func hexadecimal(_ value: UInt64) -> String { String(value, radix: 16) }

/// A row of a table: texts, each at the right end of its column.
func show(_ cells: [String], widths: [Int]) {
  show(zip(cells, widths).map { pad($0, $1) }.joined())
}
