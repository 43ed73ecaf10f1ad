// Access levels that ask for each other, none in a ring. The search keeps its own stack, so that a chain of a million
// levels is only long. What asks for a level that asks for the time asks for the time itself.

/// The search for rings among access levels.
struct AccessLevelRings {
  private(set) var diagnostics: [Diagnostic] = []
  private var states: [VisitState]

  private enum VisitState { case new, open, done }

  /// A level on the way down from the first, and the one among those it asks for that is looked at next.
  private struct Step {
    let level: Int
    var position = 0
  }

  init(_ levels: inout [AccessLevel]) {
    states = [VisitState](repeating: .new, count: levels.count)
    for start in levels.indices where states[start] == .new { search(from: start, &levels) }
  }

  private mutating func search(from start: Int, _ levels: inout [AccessLevel]) {
    var path = [Step(level: start)]
    states[start] = .open
    while let step = path.last {
      let reading = levels[step.level].condition.reading
      // Whoever asks for every level asks for itself; one link of the ring is enough.
      let asked = reading.map { $0.asksForAllLevels ? [step.level] : $0.levelIndices } ?? []
      guard step.position < asked.count else {
        close(step.level, asked, &levels)
        path.removeLast()
        continue
      }
      path[path.count - 1].position += 1
      let next = asked[step.position]
      switch states[next] {
      case .done: break
      case .open: report(path.map(\.level).drop { $0 != next }, levels)
      case .new:
        states[next] = .open
        path.append(Step(level: next))
      }
    }
  }

  private mutating func close(_ level: Int, _ asked: [Int], _ levels: inout [AccessLevel]) {
    states[level] = .done
    for other in asked {
      if let asked = levels[other].condition.reading { levels[level].condition.reading?.add(asked) }
    }
  }

  private mutating func report(_ ring: ArraySlice<Int>, _ levels: [AccessLevel]) {
    guard let last = ring.last else { return }
    let notes = zip(ring, ring.dropFirst()).map { asking, asked in
      let names = [asking, asked].map { Diagnostic.quoted(levels[$0].name.value) }
      return Diagnostic.Note(
        message: "\(names[0]) asks for \(names[1])", span: levels[asking].condition.expression.span)
    }
    diagnostics.append(
      .accessLevelRing(
        levels[last].name.value, asksForAll: levels[last].condition.reading?.asksForAllLevels ?? false,
        at: levels[last].condition.expression.span, notes: notes))
  }
}
