// Directory groups: each written once, and none inside itself. The search for rings keeps its own stack, so that a
// chain of a million groups is only long.

extension PolicyAssembly {
  mutating func checkGroups() {
    let indices = indicesByMember()
    var states = [VisitState](repeating: .new, count: reader.groups.count)
    for start in reader.groups.indices where states[start] == .new {
      searchRings(from: start, indices, &states)
    }
  }

  private enum VisitState { case new, open, done }

  /// A group on the way down from the first, and the member of it that is looked at next.
  private struct Step {
    var groupIndex: Int
    var memberPosition = 0
  }

  private mutating func indicesByMember() -> [UInt32: Int] {
    var indices: [UInt32: Int] = [:]
    for (index, group) in reader.groups.enumerated() {
      if let first = indices[group.memberIndex] {
        let name = reader.members.members[Int(group.memberIndex)].canonicalText
        diagnostics.append(.duplicateName("group", name, at: group.span, first: reader.groups[first].span))
      } else {
        indices[group.memberIndex] = index
      }
    }
    return indices
  }

  private mutating func searchRings(from start: Int, _ indices: [UInt32: Int], _ states: inout [VisitState]) {
    var path = [Step(groupIndex: start)]
    states[start] = .open
    while let step = path.last {
      let group = reader.groups[step.groupIndex]
      guard step.memberPosition < group.members.count else {
        states[step.groupIndex] = .done
        path.removeLast()
        continue
      }
      path[path.count - 1].memberPosition += 1
      guard let next = indices[group.members[step.memberPosition].memberIndex] else { continue }
      switch states[next] {
      case .done: break
      case .open: reportRing(path, closingAt: next)
      case .new:
        states[next] = .open
        path.append(Step(groupIndex: next))
      }
    }
  }

  private mutating func reportRing(_ path: [Step], closingAt first: Int) {
    let ring = path.drop { $0.groupIndex != first }
    let links = ring.map { step -> (text: String, span: Span) in
      // The position was advanced when the member was looked at.
      let group = reader.groups[step.groupIndex]
      let use = group.members[step.memberPosition == 0 ? 0 : step.memberPosition - 1]
      let text = reader.members.members[Int(use.memberIndex)].canonicalText
      return (text, use.span(fileIndex: group.span.fileIndex))
    }
    guard let last = links.last else { return }
    let notes = links.dropLast().map {
      Diagnostic.Note(message: "which holds \(Diagnostic.quoted($0.text))", span: $0.span)
    }
    diagnostics.append(.groupRing(last.text, at: last.span, notes: notes))
  }
}
