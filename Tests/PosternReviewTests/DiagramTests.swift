// Decision diagrams: equal functions are one reference, and a diagram that grows too large says so.

import Testing

@testable import PosternReview

@Suite("Diagrams")
struct DiagramTests {
  /// Whether variable `index` of two values is 1.
  private func variable(_ index: Int, _ diagrams: inout Diagrams) throws -> Diagrams.Reference {
    try diagrams.choice(index, [diagrams.outcome(0), diagrams.outcome(1)])
  }

  @Test("two ways to write one function are one reference")
  func canonical() throws {
    var diagrams = Diagrams()
    let a = try variable(0, &diagrams)
    let b = try variable(1, &diagrams)
    let both = try diagrams.map([a, b]) { $0[0] & $0[1] }
    let notA = try diagrams.map([a]) { 1 - $0[0] }
    let notB = try diagrams.map([b]) { 1 - $0[0] }
    let neither = try diagrams.map([notB, notA]) { $0[0] | $0[1] }
    #expect(try diagrams.map([neither]) { 1 - $0[0] } == both)
    #expect(both != a)
  }

  @Test("a variable that does not matter is gone")
  func irrelevant() throws {
    var diagrams = Diagrams()
    let a = try variable(0, &diagrams)
    let b = try variable(1, &diagrams)
    #expect(try diagrams.map([a, b]) { $0[0] + 0 * $0[1] } == a)
  }

  @Test("every way through a diagram is gone once, with the values on it")
  func ways() throws {
    var diagrams = Diagrams()
    let a = try variable(0, &diagrams)
    let b = try diagrams.choice(1, (0..<3).map { try diagrams.outcome($0) })
    let sum = try diagrams.map([a, b]) { $0[0] == 0 ? 9 : $0[1] }
    var ways: [[Int: Int]] = []
    diagrams.forEachWay(from: sum) { values, outcome in
      ways.append(values.merging([-1: outcome]) { first, _ in first })
      return true
    }
    #expect(ways == [[0: 0, -1: 9], [0: 1, 1: 0, -1: 0], [0: 1, 1: 1, -1: 1], [0: 1, 1: 2, -1: 2]])
  }

  @Test("more nodes than the limit are refused")
  func limit() throws {
    var diagrams = Diagrams()
    #expect(throws: Diagrams.TooLarge.self) {
      for number in 0...Diagrams.nodeLimit { _ = try diagrams.outcome(number) }
    }
  }
}
