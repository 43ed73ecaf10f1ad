// Row 10 of an app as a decision diagram over the app's variables: its deny rules, its bindings, their conditions. Refuses to
// grow past the limit of the diagrams.

internal import PosternLanguage

/// What row 10 comes to.
enum AccessOutcome: Int, CaseIterable {
  case granted
  case noBinding
  case conditionFalse
  case conditionError
  case denied
  case groupsUnknown

  var isAccess: Bool { self == .granted }
}

/// Makes the diagrams of an app.
struct AccessDiagrams {
  let variables: AccessVariables
  var diagrams = Diagrams()

  init(_ variables: AccessVariables) { self.variables = variables }

  /// `setsFrom` is where the policy's principals stand among those that the variables were made of.
  mutating func diagram(
    _ access: AccessRules, setsFrom: Int, _ outlines: [ConditionOutline]
  ) throws -> Diagrams.Reference {
    let conditions = try outlines.map { try diagram(of: $0) }
    var result = try grant(
      access, setsFrom + 2 * access.denials.count, Array(conditions.suffix(access.conditionals.count)))
    var condition = access.denials.count { $0.condition != nil }
    // The first rule decides before the others: it stands outermost.
    for (index, denial) in access.denials.enumerated().reversed() {
      let denied = try variables.diagram(ofSet: setsFrom + 2 * index, denial.denied, in: &diagrams)
      let excepted = try variables.diagram(ofSet: setsFrom + 2 * index + 1, denial.excepted, in: &diagrams)
      let known = try groupsAreKnown(orNotAskedBy: denial)
      if denial.condition != nil { condition -= 1 }
      let holds = try denial.condition == nil ? diagrams.outcome(1) : conditions[condition]
      result = try diagrams.map([excepted, denied, known, holds, result]) { operands in
        if operands[0] == 1 || operands[3] == 0 { return operands[4] }
        if operands[1] == 1 { return AccessOutcome.denied.rawValue }
        return operands[2] == 0 ? AccessOutcome.groupsUnknown.rawValue : operands[4]
      }
    }
    return result
  }

  /// Row 6 of a public app for the anonymous: only rules that deny everyone are asked, and facts about who asks are errors.
  mutating func anonymousDiagram(
    _ access: AccessRules, _ outlines: [ConditionOutline]
  ) throws -> Diagrams.Reference {
    var result = try diagrams.outcome(AccessOutcome.granted.rawValue)
    var condition = access.denials.count { $0.condition != nil }
    for denial in access.denials.reversed() {
      if denial.condition != nil { condition -= 1 }
      if !denial.denied.isEveryone || denial.excepted.isEveryone { continue }
      let holds =
        try denial.condition == nil ? diagrams.outcome(1) : diagram(of: outlines[condition].ofAnonymous)
      result = try diagrams.map([holds, result]) { $0[0] == 0 ? $0[1] : AccessOutcome.denied.rawValue }
    }
    return result
  }

  private mutating func groupsAreKnown(orNotAskedBy denial: AppDenial) throws -> Diagrams.Reference {
    if !denial.namesGroup { return try diagrams.outcome(1) }
    return try diagrams.choice(variables.groupsVariable, [diagrams.outcome(0), diagrams.outcome(1)])
  }

  /// The bindings: those without a condition, then the others in their order.
  private mutating func grant(
    _ access: AccessRules, _ setsFrom: Int, _ conditions: [Diagrams.Reference]
  ) throws -> Diagrams.Reference {
    // A public app asks no binding of whom no rule denies.
    if access.isPublic { return try diagrams.outcome(AccessOutcome.granted.rawValue) }
    var result = try diagrams.outcome(AccessOutcome.noBinding.rawValue)
    for (index, conditional) in access.conditionals.enumerated().reversed() {
      let held = try variables.diagram(ofSet: setsFrom + 1 + index, conditional.principals, in: &diagrams)
      result = try diagrams.map([held, conditions[index], result]) { operands in
        if operands[0] == 0 { return operands[2] }
        return Self.outcome(of: operands[1], otherwise: AccessOutcome.allCases[operands[2]]).rawValue
      }
    }
    let granted = try variables.diagram(ofSet: setsFrom, access.granted, in: &diagrams)
    return try diagrams.map([granted, result]) { $0[0] == 1 ? AccessOutcome.granted.rawValue : $0[1] }
  }

  /// A false condition is told before one in error, whichever comes first.
  private static func outcome(of condition: Int, otherwise: AccessOutcome) -> AccessOutcome {
    switch (condition, otherwise) {
    case (1, _): .granted
    case (_, .granted): .granted
    case (0, _), (_, .conditionFalse): .conditionFalse
    default: .conditionError
    }
  }

  // MARK: conditions

  private mutating func diagram(of outline: ConditionOutline) throws -> Diagrams.Reference {
    switch outline {
    case .constant(let outcome): return try diagrams.outcome(Int(outcome.rawValue))
    case .test(let test): return try variables.diagram(of: test, in: &diagrams)
    case .not(let inner): return try diagrams.map([diagram(of: inner)]) { [1, 0, 2][$0[0]] }
    case .holds(let inner): return try diagrams.map([diagram(of: inner)]) { $0[0] == 1 ? 1 : 0 }
    case .all(let parts): return try fold(parts, decisive: 0)
    case .any(let parts): return try fold(parts, decisive: 1)
    case .choice(let condition, let first, let second):
      let operands = try [diagram(of: condition), diagram(of: first), diagram(of: second)]
      return try diagrams.map(operands) { $0[0] == 2 ? 2 : $0[0] == 1 ? $0[1] : $0[2] }
    }
  }

  private mutating func fold(_ parts: [ConditionOutline], decisive: Int) throws -> Diagrams.Reference {
    var result = try diagrams.outcome(1 - decisive)
    for part in parts {
      result = try diagrams.map([result, diagram(of: part)]) { operands in
        if operands.contains(decisive) { return decisive }
        return operands.contains(2) ? 2 : 1 - decisive
      }
    }
    return result
  }
}
