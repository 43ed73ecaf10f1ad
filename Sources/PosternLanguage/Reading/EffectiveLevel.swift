// What is in force at one level of the tree, everything above it taken in: computed once for each folder, so that a
// thousand apps below it start from the same values.

/// The inherited values of one level.
struct EffectiveLevel {
  /// Levels above this one; of the organization 0.
  private(set) var depth = -1
  private(set) var absoluteTimeout = Inherited<Limit>()
  private(set) var idleTimeout = Inherited<Limit>()
  private(set) var revalidate = Inherited<Limit>()
  private(set) var onStateUnavailable = Inherited<Unavailability>()
  private(set) var onStoreUnavailable = Inherited<Unavailability>()
  private(set) var activityExclude = Inherited<[Sourced<String>]>()
  private(set) var programmaticMaxAge = Inherited<Limit>()
  private(set) var reauthentication: Sourced<Reauthentication>?
  private(set) var corsOrigins: Sourced<[Sourced<String>]>?
  private(set) var providers: Sourced<[Sourced<String>]>?
  /// By `SettingField`.
  private var settings = [Setting?](repeating: nil, count: SettingField.allCases.count)

  /// Goes one level down; `level` is nil for a folder that says nothing.
  mutating func descend(into level: LevelDraft?, _ diagnostics: inout [Diagnostic]) {
    depth += 1
    guard let level else { return }
    take(level.session, &diagnostics)
    for setting in level.settings {
      if case .reauthentication(let own) = setting.value {
        reauthentication = Reauthentication.merge(upper: reauthentication, lower: Sourced(own, at: setting.span))
      } else {
        settings[Int(setting.field.rawValue)] = setting
      }
    }
    if let own = level.corsOrigins { corsOrigins = own }
    if let own = level.providers { providers = own }
  }

  private mutating func take(_ session: SessionDraft, _ diagnostics: inout [Diagnostic]) {
    take(session.absoluteTimeout, \.absoluteTimeout, "absoluteTimeout", &diagnostics)
    take(session.idleTimeout, \.idleTimeout, "idleTimeout", &diagnostics)
    take(session.revalidate, \.revalidate, "revalidate", &diagnostics)
    take(session.programmaticMaxAge, \.programmaticMaxAge, "programmatic.maxAge", &diagnostics)
    take(session.onStateUnavailable, \.onStateUnavailable, "onStateUnavailable", &diagnostics)
    take(session.onStoreUnavailable, \.onStoreUnavailable, "onStoreUnavailable", &diagnostics)
    take(session.activityExclude, \.activityExclude, "activity.exclude", &diagnostics)
  }

  private mutating func take<Value: Tightenable>(
    _ written: Written<Value>?, _ path: WritableKeyPath<Self, Inherited<Value>>, _ name: String,
    _ diagnostics: inout [Diagnostic]
  ) {
    guard let written, !self[keyPath: path].take(written, depth: depth),
      let enforced = self[keyPath: path].enforced
    else { return }
    diagnostics.append(.aboveEnforced(name, at: written.value.span, enforcing: enforced.span))
  }

  // MARK: settings

  subscript(_ field: SettingField) -> Setting? { settings[Int(field.rawValue)] }

  /// A text in force; an empty one takes back what stands above.
  func text(_ field: SettingField) -> Sourced<String>? {
    guard let setting = self[field], case .text(let text) = setting.value, !text.isEmpty else { return nil }
    return Sourced(text, at: setting.span)
  }

  func flag(_ field: SettingField) -> Sourced<Bool>? {
    guard let setting = self[field], case .flag(let flag) = setting.value else { return nil }
    return Sourced(flag, at: setting.span)
  }

  func texts(_ field: SettingField) -> [Sourced<String>] {
    guard let setting = self[field], case .texts(let texts) = setting.value else { return [] }
    return texts
  }

  var accessSettings: AccessSettings {
    AccessSettings(
      loginHint: text(.loginHint), oauthClientID: text(.oauthClientID),
      programmaticClients: texts(.programmaticClients),
      allowHTTPOptions: flag(.allowHTTPOptions), reauthentication: reauthentication,
      allowedDomains: flag(.allowedDomainsEnable).flatMap { enable in
        enable.value ? Sourced(texts(.allowedDomains).map(\.value), at: enable.span) : nil
      }, tenantIDs: texts(.tenantIDs), loginPageURI: text(.loginPageURI))
  }

  var applicationSettings: ApplicationSettings {
    ApplicationSettings(
      rctokenAudience: text(.rctokenAudience), accessDeniedPageURI: text(.accessDeniedPageURI),
      generateTroubleshootingURI: flag(.generateTroubleshootingURI),
      remediationTokenGeneration: flag(.remediationTokenGeneration), attributePropagation: attributePropagation)
  }

  /// Its expression is read when the whole tree is (`Policy.readPropagations`).
  private var attributePropagation: Sourced<Propagation>? {
    guard let enable = flag(.attributePropagationEnable), enable.value,
      let expression = text(.attributePropagationExpression)
    else { return nil }
    let outputs = texts(.attributePropagationOutputs).compactMap { word in
      Propagation.Output.allCases.first { $0.name == word.value }
    }
    return Sourced(Propagation(expression: expression, outputs: outputs), at: enable.span)
  }

  // MARK: the session

  /// The limits without which no app compiles, with their names.
  var requiredLimits: [(name: String, limit: Inherited<Limit>)] {
    [("absoluteTimeout", absoluteTimeout), ("idleTimeout", idleTimeout), ("revalidate", revalidate)]
  }

  /// nil where a required limit is written nowhere; `appSpan` stands for the defaults of the rest.
  func sessionSettings(appSpan: Span) -> SessionSettings? {
    guard let absolute = absoluteTimeout.value, let idle = idleTimeout.value, let revalidate = revalidate.value else {
      return nil
    }
    return SessionSettings(
      absoluteTimeout: absolute, idleTimeout: idle, revalidate: revalidate,
      onStateUnavailable: onStateUnavailable.value ?? Sourced(.deny, at: appSpan),
      onStoreUnavailable: onStoreUnavailable.value ?? Sourced(.deny, at: appSpan),
      activityExclude: activityExclude.value?.value ?? [], programmaticMaxAge: programmaticMaxAge.value)
  }
}
