// Everyone who reaches one app: its bindings and those above it, the deny rules that take away, its timers. What a token says of
// groups and domains is not known here: a member that the directory does not hold stands for itself. Refuses nothing.

internal import PosternCompiler
public import PosternLanguage

/// Who reaches an app.
public struct AppAccess {
  /// The app's name.
  public let name: String
  /// Where the app is written.
  public let place: TreePlace
  /// The names of the login providers that it takes.
  public let providers: [String]
  /// The bindings that give access, in the order in which they are asked.
  public let bindings: [ReachedRule]
  /// The deny rules that stand before them.
  public let denyRules: [ReachedRule]
  /// What bounds a session.
  public let timers: [ReachedTimer]
  /// Whether everybody gets in, without a login too.
  public let isPublic: Bool

  /// nil where no app is called `name`; `pathPrefix` leads from the reader to the tree.
  public init?(app name: String, in policy: Policy, pathPrefix: String = "") {
    guard let app = policy.apps.first(where: { $0.name.value == name }) else { return nil }
    let reader = RuleReader(policy, pathPrefix: pathPrefix)
    self.name = name
    place = reader.place(app.span)
    providers = app.providerIndices.map { policy.providers[$0].name.value }
    bindings = reader.bindings(of: app).map { reader.readable($0, at: app) }
    denyRules = reader.denyRules(of: app).map { reader.readableDenyRule($0, at: app) }
    timers = reader.timers(of: app)
    isPublic = reader.isPublic(app)
  }

  /// How many members the bindings name, each once, those who match nobody here left out.
  public var memberCount: Int {
    let members = bindings.flatMap { $0.members.filter(\.isSpokenFor).map(\.text) }
    return Set(members.filter { !$0.hasPrefix("deleted:") }).count
  }

  // MARK: text

  /// The answer for a terminal, with a line break at its end.
  public var text: String {
    var lines = [head]
    lines += Inspection.table([["login providers", providers.joined(separator: ", ")]])
    for rule in bindings { lines += rule.lines(condition: "only if") }
    if !denyRules.isEmpty { lines.append("kept out") }
    for rule in denyRules { lines += rule.lines(condition: "only if") }
    lines += ["timers"] + Inspection.table(timers.map { [$0.name, $0.value, $0.place ?? ""] })
    return Wording.lines(lines)
  }

  private var head: String {
    let members = memberCount == 1 ? "1 member" : "\(memberCount) members"
    let who = isPublic ? "everybody reaches it, without a login too" : memberCount == 0 ? "nobody" : members
    return "\(name), \(place.text): \(who)"
  }

  // MARK: JSON

  /// The answer as an object.
  public var json: JSONValue {
    .object([
      "app": .string(name), "place": place.json, "public": .bool(isPublic),
      "memberCount": .integer(Int64(memberCount)), "providers": .array(providers.map { .string($0) }),
      "bindings": .array(bindings.map(\.json)), "denyRules": .array(denyRules.map(\.json)),
      "timers": .array(timers.map(\.json)),
    ])
  }
}

extension ReachedRule {
  /// The rule with whom it names, one below the other.
  func lines(condition word: String) -> [String] {
    var lines = Inspection.table([cells])
    if let conditionText { lines.append("    \(word) \(conditionText)") }
    lines += members.map { "    " + $0.line }
    return lines + exceptions.map { "    but not " + $0.line }
  }
}
