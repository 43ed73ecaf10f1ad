// Limits, failure modes and re-authentication in words and in their order: which of two asks for more. Refuses nothing.

internal import PosternCompiler
internal import PosternLanguage

extension Limit {
  /// nil for `none`.
  var seconds: UInt32? { if case .seconds(let seconds) = self { seconds } else { nil } }

  /// nil for `none`.
  var milliseconds: Int64? { seconds.map { Int64($0) * 1_000 } }

  func isLonger(than other: Limit) -> Bool { (milliseconds ?? .max) > (other.milliseconds ?? .max) }
}

extension Unavailability {
  /// How long stale state is let pass.
  var graceSeconds: UInt32 {
    switch self {
    case .deny: 0
    case .allowFor(let seconds): seconds
    }
  }

  /// The mode as policies write it.
  var text: String {
    switch self {
    case .deny: "deny"
    case .allowFor(let seconds): "allow for \(Wording.duration(seconds: seconds))"
    }
  }
}

extension Reauthentication {
  /// The setting where it demands something; what it is merged with no longer matters.
  var demand: Reauthentication? {
    method == nil ? nil : Reauthentication(method: method, maxAgeSeconds: maxAgeSeconds, policyType: .minimum)
  }

  /// Which way a change of the demand goes.
  static func effect(_ old: Reauthentication?, _ new: Reauthentication?) -> Difference.Effect {
    guard let old, let oldMethod = old.method else { return .tightens }
    guard let new, let newMethod = new.method else { return .loosens }
    let isLooser = newMethod < oldMethod || new.maxAgeSeconds > old.maxAgeSeconds
    let isTighter = newMethod > oldMethod || new.maxAgeSeconds < old.maxAgeSeconds
    return isLooser && isTighter ? .changes : isLooser ? .loosens : .tightens
  }
}

extension Reauthentication? {
  /// The demand in words.
  var text: String {
    guard let demand = self, let method = demand.method else { return "none" }
    return "\(method) within \(Wording.duration(seconds: demand.maxAgeSeconds))"
  }
}
