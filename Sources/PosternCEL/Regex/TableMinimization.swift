// Makes a table as small as its language allows: Hopcroft's partition refinement over the states, then one class for
// all bytes that lead everywhere alike. The result depends on the language alone. Refuses nothing.

/// A partition of the states that only ever becomes finer.
private struct StatePartition {
  /// The states, those of one block next to each other.
  private(set) var elements: [Int]
  /// Where in `elements` a state is.
  private var positions: [Int]
  private(set) var blocks: [Range<Int>]
  private(set) var blockOfState: [Int]
  /// How many states at a block's front are marked.
  private var markedCounts: [Int] = []

  /// Blocks by whether a state accepts.
  init(accepting: [Bool]) {
    let rejecting = accepting.indices.filter { !accepting[$0] }
    elements = rejecting + accepting.indices.filter { accepting[$0] }
    positions = Array(repeating: 0, count: accepting.count)
    blocks = [0..<rejecting.count, rejecting.count..<accepting.count].filter { !$0.isEmpty }
    blockOfState = Array(repeating: 0, count: accepting.count)
    for (block, range) in blocks.enumerated() {
      for position in range {
        positions[elements[position]] = position
        blockOfState[elements[position]] = block
      }
    }
    markedCounts = Array(repeating: 0, count: blocks.count)
  }

  /// Marks a state; returns its block where it is the first marked one.
  mutating func mark(_ state: Int) -> Int? {
    let block = blockOfState[state]
    let front = blocks[block].lowerBound + markedCounts[block]
    guard positions[state] >= front else { return nil }
    elements.swapAt(positions[state], front)
    positions[elements[positions[state]]] = positions[state]
    positions[state] = front
    markedCounts[block] += 1
    return markedCounts[block] == 1 ? block : nil
  }

  /// Parts the marked states of a block from the rest, and unmarks; returns the new block, the smaller part.
  mutating func split(_ block: Int) -> Int? {
    let range = blocks[block]
    let middle = range.lowerBound + markedCounts[block]
    markedCounts[block] = 0
    guard middle < range.upperBound else { return nil }
    let (front, back) = (range.lowerBound..<middle, middle..<range.upperBound)
    let smaller = front.count <= back.count ? front : back
    blocks[block] = front.count <= back.count ? back : front
    blocks.append(smaller)
    markedCounts.append(0)
    for position in smaller { blockOfState[elements[position]] = blocks.count - 1 }
    return blocks.count - 1
  }
}

/// The states that lead to each state, for each class.
private struct Predecessors {
  private let classCount: Int
  private var offsets: [Int]
  private var states: [Int]

  init(_ table: CELRegexTable) {
    classCount = table.classCount
    offsets = Array(repeating: 0, count: table.transitions.count + 1)
    states = Array(repeating: 0, count: table.transitions.count)
    for (entry, target) in table.transitions.enumerated() {
      offsets[Int(target) * classCount + entry % classCount + 1] += 1
    }
    for index in 1..<offsets.count { offsets[index] += offsets[index - 1] }
    var next = offsets
    for (entry, target) in table.transitions.enumerated() {
      let slot = Int(target) * classCount + entry % classCount
      states[next[slot]] = entry / classCount
      next[slot] += 1
    }
  }

  func of(_ state: Int, on byteClass: Int) -> ArraySlice<Int> {
    let slot = state * classCount + byteClass
    return states[offsets[slot]..<offsets[slot + 1]]
  }
}

extension CELRegexTable {
  /// The smallest table of the same language.
  func minimized() -> CELRegexTable {
    let narrow = mergingClasses()
    return narrow.quotient(by: narrow.equivalentStates()).mergingClasses()
  }

  /// The block of each state; states of one block accept the same texts.
  private func equivalentStates() -> [Int] {
    var partition = StatePartition(accepting: acceptingAtEnd)
    let predecessors = Predecessors(self)
    var pending = Array(partition.blocks.indices)
    // A block is looked at with all classes at once; one that is split while it waits is looked at in both parts.
    while let block = pending.popLast() {
      let members = Array(partition.elements[partition.blocks[block]])
      for byteClass in 0..<classCount {
        var touched: [Int] = []
        for member in members {
          for state in predecessors.of(member, on: byteClass) {
            if let first = partition.mark(state) { touched.append(first) }
          }
        }
        for block in touched {
          if let new = partition.split(block) { pending.append(new) }
        }
      }
    }
    return partition.blockOfState
  }

  /// One state for each block that can be reached, in the order in which a search from the start meets them; the block
  /// of state 0 is first.
  private func quotient(by blockOfState: [Int]) -> CELRegexTable {
    var numbers = [blockOfState[0]: 0]
    var representatives = [0]
    func number(_ state: Int) -> Int {
      if let known = numbers[blockOfState[state]] { return known }
      numbers[blockOfState[state]] = representatives.count
      representatives.append(state)
      return representatives.count - 1
    }
    let start = number(startState)
    var entries: [UInt16] = []
    var next = 0
    while next < representatives.count {
      let row = representatives[next] * classCount
      for entry in transitions[row..<row + classCount] { entries.append(UInt16(number(Int(entry)))) }
      next += 1
    }
    return CELRegexTable(
      byteClasses: byteClasses, classCount: classCount, transitions: entries, startState: start,
      acceptingAtEnd: representatives.map { acceptingAtEnd[$0] },
      matchedState: matchedState.flatMap { numbers[blockOfState[$0]] })
  }

  /// The table with one class for all bytes that lead everywhere alike, numbered in the order of their least bytes.
  private func mergingClasses() -> CELRegexTable {
    var numbers: [[UInt16]: UInt8] = [:]
    var columns: [[UInt16]] = []
    let merged = (0..<classCount).map { byteClass in
      let column = (0..<stateCount).map { transitions[$0 * classCount + byteClass] }
      if let known = numbers[column] { return known }
      // There are no more classes than before, which fit.
      let number = UInt8(columns.count)
      numbers[column] = number
      columns.append(column)
      return number
    }
    let entries = (0..<stateCount).flatMap { state in columns.map { $0[state] } }
    return CELRegexTable(
      byteClasses: byteClasses.map { merged[Int($0)] }, classCount: columns.count, transitions: entries,
      startState: startState, acceptingAtEnd: acceptingAtEnd, matchedState: matchedState)
  }
}
