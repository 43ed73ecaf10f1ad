// Makes the automaton of a tree, from its end to its start, so that every instruction knows what follows it. Refuses
// programs past the limits while they grow: what is made is bounded, however the expression multiplies.

/// Compiles one tree.
struct RegexCompiler {
  private var program = RegexProgram()
  /// Instructions by their edges: alike ends of the byte sequences of a class are one.
  private var instructionsByEdges: [[RegexProgram.Edge]: Int] = [:]
  /// Instructions of whole classes, so that a class that is repeated costs no more than what it adds to the program.
  private var instructionsBySet: [SetPlace: Int] = [:]
  private var sequencesBySet: [CodePointSet: [UTF8Sequence]] = [:]

  private struct SetPlace: Hashable {
    let set: CodePointSet
    let next: Int
  }

  private init() {}

  static func compile(_ tree: RegexNode) throws(CELError) -> RegexProgram {
    var compiler = RegexCompiler()
    let match = try compiler.append(.match)
    compiler.program.start = try compiler.compile(tree, next: match)
    return compiler.program
  }

  private mutating func append(_ instruction: RegexProgram.Instruction) throws(CELError) -> Int {
    guard program.instructions.count < RegexLimits.instructionCount else { throw RegexLimits.tooManyInstructions }
    program.instructions.append(instruction)
    return program.instructions.count - 1
  }

  /// The entry of a node that goes on at `next`.
  private mutating func compile(_ node: RegexNode, next: Int) throws(CELError) -> Int {
    switch node {
    case .empty: return next
    case .codePoint(let set): return try compile(set, next: next)
    case .assertion(let assertion):
      program.assertions.formUnion(assertion)
      return try append(.assertion(assertion, next: next))
    case .concatenation(let nodes):
      var entry = next
      for node in nodes.reversed() { entry = try compile(node, next: entry) }
      return entry
    case .alternation(let nodes): return try compile(alternatives: nodes, next: next)
    case .repetition(let node, let minimum, let maximum):
      return try compile(repeated: node, minimum: minimum, maximum: maximum, next: next)
    }
  }

  private mutating func compile(alternatives nodes: [RegexNode], next: Int) throws(CELError) -> Int {
    var entry: Int?
    for node in nodes.reversed() {
      let branch = try compile(node, next: next)
      if let other = entry { entry = try append(.split(branch, other)) } else { entry = branch }
    }
    return entry ?? next
  }

  private mutating func compile(
    repeated node: RegexNode, minimum: Int, maximum: Int?, next: Int
  ) throws(CELError) -> Int {
    var entry = next
    var required = minimum
    if let maximum {
      for _ in minimum..<maximum { entry = try append(.split(compile(node, next: entry), next)) }
    } else {
      let loop = try append(.split(next, next))
      let body = try compile(node, next: loop)
      program.instructions[loop] = .split(body, next)
      // The loop's body is the last of the repetitions that are required.
      entry = minimum == 0 ? loop : body
      required = max(minimum - 1, 0)
    }
    for _ in 0..<required { entry = try compile(node, next: entry) }
    return entry
  }

  /// A set whose members' byte sequences end at `next`; without members, an instruction that nothing leads on from.
  private mutating func compile(_ set: CodePointSet, next: Int) throws(CELError) -> Int {
    let place = SetPlace(set: set, next: next)
    if !set.isEmpty, let known = instructionsBySet[place] { return known }
    let sequences = sequencesBySet[set] ?? UTF8Sequence.sequences(of: set)
    sequencesBySet[set] = sequences
    let entry = try compile(sequences[...], position: 0, next: next)
    instructionsBySet[place] = entry
    return entry
  }

  /// `sequences` are ascending and agree in all bytes before `position`.
  private mutating func compile(
    _ sequences: ArraySlice<UTF8Sequence>, position: Int, next: Int
  ) throws(CELError) -> Int {
    var edges: [RegexProgram.Edge] = []
    var rest = sequences
    while let range = rest.first?.ranges[position] {
      // First bytes are equal or disjoint: a range of more than one byte is followed by all that may follow it.
      let end = rest.firstIndex { $0.ranges[position] != range } ?? rest.endIndex
      let isLast = rest[rest.startIndex].ranges.count == position + 1
      let target = isLast ? next : try compile(rest[..<end], position: position + 1, next: next)
      Self.append(RegexProgram.Edge(low: range.lowerBound, high: range.upperBound, target: target), to: &edges)
      rest = rest[end...]
    }
    return try instruction(edges)
  }

  private static func append(_ edge: RegexProgram.Edge, to edges: inout [RegexProgram.Edge]) {
    if let last = edges.last, last.target == edge.target, last.high + 1 == edge.low {
      edges[edges.count - 1] = RegexProgram.Edge(low: last.low, high: edge.high, target: edge.target)
    } else {
      edges.append(edge)
    }
  }

  private mutating func instruction(_ edges: [RegexProgram.Edge]) throws(CELError) -> Int {
    // Instructions without edges are not shared: every class adds one, which bounds what compiling takes.
    if !edges.isEmpty, let known = instructionsByEdges[edges] { return known }
    guard program.edges.count + edges.count <= RegexLimits.edgeCount else {
      throw CELError(
        .limit, "the classes of the regular expression take more than \(RegexLimits.edgeCount) byte ranges")
    }
    let first = program.edges.count
    program.edges += edges
    let index = try append(.bytes(first..<program.edges.count))
    instructionsByEdges[edges] = index
    return index
  }
}
