// One decision with everything that can be said of it: why, by which rule and where that stands, what the proxy must
// do.

public import PosternLanguage

/// A decision laid open for people and for other tools.
public struct Explanation {
  /// The decision itself.
  public let decision: Decision
  /// The name of the decision's app.
  public let appName: String?
  /// Where the rule that decided stands; nil where none did, or the bundle does not say.
  public let rulePlace: Place?
  let revision: UInt64
  let appPlace: Place?
  /// The instant of the decision, in milliseconds since 1970; what other instants are told from.
  let now: Int64

  /// Explains the decision that `bundle` made at `now`; `pathPrefix` leads from the reader to the policy tree.
  public init(_ decision: Decision, of bundle: OpenBundle, at now: Int64, pathPrefix: String = "") {
    func shown(_ place: Place?) -> Place? {
      place.map { Place(file: pathPrefix + $0.file, line: $0.line, column: $0.column, title: $0.title) }
    }
    self.decision = decision
    self.now = now
    revision = bundle.revision
    appName = decision.appIndex.map(bundle.appName)
    appPlace = shown(decision.appIndex.flatMap(bundle.place(ofApp:)))
    switch decision.rule {
    case .none: rulePlace = nil
    case .binding(let id): rulePlace = shown(bundle.place(ofBinding: id))
    case .deny(let id): rulePlace = shown(bundle.place(ofDenyRule: id))
    }
  }

  /// How long an `allow` holds, such as `in 2m`; nil for other verdicts.
  public var validity: String? {
    guard decision.verdict == .allow else { return nil }
    return decision.validUntil == .max ? "unbounded" : Wording.distance(decision.validUntil, from: now)
  }

  // MARK: text

  /// The explanation for a terminal, with a line break at the end.
  public var text: String {
    let head = "\(decision.verdict), \(decision.reason): \(decision.reason.sentence)"
    return Wording.lines([head] + Inspection.table(facts))
  }

  /// An instant with its distance from the decision's.
  private func instant(_ milliseconds: Int64) -> [String] {
    [Wording.instant(milliseconds: milliseconds), Wording.distance(milliseconds, from: now)]
  }

  private var facts: [[String]] {
    var facts: [[String]] = []
    if let appName { facts.append(["app", appName, appPlace?.text ?? ""]) }
    switch decision.rule {
    case .none: break
    case .binding(let id): facts.append(["binding", "\(id)", ruleText])
    case .deny(let id): facts.append(["deny rule", "\(id)", ruleText])
    }
    if decision.mode != .none { facts.append(["mode", "\(decision.mode)"]) }
    if decision.clock != .none && decision.verdict != .allow { facts.append(["clock", "\(decision.clock)"]) }
    facts += decision.verdict == .allow ? allowFacts : challengeFacts
    facts.append(["decided at", Wording.instant(milliseconds: now)])
    facts.append(["revision", "\(revision)"])
    return facts
  }

  private var ruleText: String {
    guard let rulePlace else { return "" }
    return rulePlace.text + (rulePlace.title.map { " (\($0))" } ?? "")
  }

  private var allowFacts: [[String]] {
    var facts = [["identity", decision.identityAttached ? "forwarded" : "anonymous"]]
    let validUntil = decision.validUntil == Int64.max ? ["no clock ends it"] : instant(decision.validUntil)
    facts.append(["valid until"] + validUntil + (decision.clock == .none ? [] : ["clock \(decision.clock)"]))
    if decision.checkStateAt != 0 { facts.append(["check state at"] + instant(decision.checkStateAt)) }
    facts.append(["activity", decision.touch ? "this request counts" : "this request does not count"])
    if decision.tokenTest != .none { facts.append(["token test", "\(decision.tokenTest)"]) }
    return facts
  }

  private var challengeFacts: [[String]] {
    var facts: [[String]] = []
    if decision.prompt != .none { facts.append(["prompt", "\(decision.prompt)"]) }
    if decision.authenticatedAfter != 0 {
      facts.append(["authenticated after"] + instant(decision.authenticatedAfter))
    }
    if let method = decision.reauthenticationMethod {
      let maxAge = Wording.duration(seconds: decision.reauthenticationMaxAgeSeconds)
      facts.append(["re-authentication", "\(method) within \(maxAge)"])
    }
    return facts
  }

  // MARK: JSON

  /// The explanation as an object; times are milliseconds since 1970, and what does not apply is left out.
  public var json: JSONValue {
    let isAllow = decision.verdict == .allow
    return .object([
      "verdict": .string("\(decision.verdict)"),
      "reason": .string("\(decision.reason)"),
      "sentence": .string(decision.reason.sentence),
      "mode": decision.mode == .none ? nil : .string("\(decision.mode)"),
      "clock": decision.clock == .none ? nil : .string("\(decision.clock)"),
      "app": appName.map { .object(["name": .string($0), "place": appPlace?.json]) },
      "binding": ruleJSON(isDeny: false),
      "denyRule": ruleJSON(isDeny: true),
      "identityAttached": isAllow ? .bool(decision.identityAttached) : nil,
      "touch": isAllow ? .bool(decision.touch) : nil,
      "validUntil": isAllow && decision.validUntil != Int64.max ? .integer(decision.validUntil) : nil,
      "checkStateAt": decision.checkStateAt == 0 ? nil : .integer(decision.checkStateAt),
      "tokenTest": decision.tokenTest == .none ? nil : .string("\(decision.tokenTest)"),
      "prompt": decision.prompt == .none ? nil : .string("\(decision.prompt)"),
      "authenticatedAfter": decision.authenticatedAfter == 0 ? nil : .integer(decision.authenticatedAfter),
      "reauthentication": reauthenticationJSON,
      "now": .integer(now),
      "revision": .init(unsigned: revision),
    ])
  }

  private func ruleJSON(isDeny: Bool) -> JSONValue? {
    switch decision.rule {
    case .binding(let id) where !isDeny: .object(["id": .integer(Int64(id)), "place": rulePlace?.json])
    case .deny(let id) where isDeny: .object(["id": .integer(Int64(id)), "place": rulePlace?.json])
    default: nil
    }
  }

  private var reauthenticationJSON: JSONValue? {
    decision.reauthenticationMethod.map { method in
      .object([
        "method": .string("\(method)"), "maxAgeSeconds": .integer(Int64(decision.reauthenticationMaxAgeSeconds)),
      ])
    }
  }
}
