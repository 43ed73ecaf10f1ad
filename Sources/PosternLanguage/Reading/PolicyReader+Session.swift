// `session`: the timers of one level, each a duration, `none`, or a mapping that says whether it binds the levels
// below.

extension PolicyReader {
  mutating func session(_ node: YAMLNode) -> SessionDraft {
    var session = SessionDraft()
    guard let fields = fields(node, .session) else { return session }
    session.absoluteTimeout = fields["absoluteTimeout"].flatMap { limit($0, .enforcedLimit, "max") }
    session.idleTimeout = fields["idleTimeout"].flatMap { limit($0, .enforcedLimit, "max") }
    session.revalidate = fields["revalidate"].flatMap { limit($0, .enforcedLimit, "max") }
    session.onStateUnavailable = fields["onStateUnavailable"].flatMap { unavailability($0) }
    session.onStoreUnavailable = fields["onStoreUnavailable"].flatMap { unavailability($0) }
    session.activityExclude = fields["activity"].flatMap { activityExclude($0) }
    session.programmaticMaxAge = fields["programmatic"].flatMap { limit($0, .programmatic, "maxAge", isMapping: true) }
    return session
  }

  /// A limit by itself, or under `key` of a mapping with `enforce`.
  private mutating func limit(
    _ node: YAMLNode, _ keys: KeySet, _ key: String, isMapping: Bool = false
  ) -> Written<Limit>? {
    if case .mapping = node.content {
      guard let fields = fields(node, keys), let value = fields[key].flatMap({ limitValue($0) }) else { return nil }
      return Written(value: value, isEnforced: isEnforced(fields))
    }
    guard !isMapping else {
      _ = fields(node, keys)
      return nil
    }
    return limitValue(node).map { Written(value: $0, isEnforced: false) }
  }

  private mutating func limitValue(_ node: YAMLNode) -> Sourced<Limit>? {
    if case .scalar(let scalar) = node.content, scalar.text == "none" { return Sourced(.none, at: node.span) }
    return durationSeconds(node, in: 1...UInt32.max).map { Sourced(.seconds($0.value), at: $0.span) }
  }

  private mutating func isEnforced(_ fields: Fields) -> Bool {
    fields["enforce"].flatMap { flag($0) }?.value ?? false
  }

  private mutating func unavailability(_ node: YAMLNode) -> Written<Unavailability>? {
    if case .mapping = node.content {
      guard let fields = fields(node, .allowFor), let time = fields["allowFor"].flatMap({ durationSeconds($0) }) else {
        return nil
      }
      let value: Unavailability = time.value == 0 ? .deny : .allowFor(seconds: time.value)
      return Written(value: Sourced(value, at: time.span), isEnforced: isEnforced(fields))
    }
    guard let word = word(node, ["deny"]) else { return nil }
    return Written(value: Sourced(.deny, at: word.span), isEnforced: false)
  }

  private mutating func activityExclude(_ node: YAMLNode) -> Written<[Sourced<String>]>? {
    guard let fields = fields(node, .activity), let list = fields["exclude"], let written = texts(list) else {
      return nil
    }
    let prefixes = written.compactMap { text -> Sourced<String>? in
      do throws(PathFault) {
        return Sourced(try PathPrefix.normalForm(text.value, allowEscapes: false), at: text.span)
      } catch {
        diagnostics.append(.pathFault(error, text.value, at: text.span))
        return nil
      }
    }
    reportRepeated(prefixes, what: "path")
    return Written(value: Sourced(prefixes, at: list.span), isEnforced: isEnforced(fields))
  }
}
