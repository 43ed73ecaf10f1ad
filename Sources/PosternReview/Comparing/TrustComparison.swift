// What a bundle gives the gate outside the decision: providers with what they may vouch for, and what apps are told. Compared
// by value; no request shows it. More is widening, unless only something is taken away. Refuses nothing.

internal import PosternLanguage

/// The trust of two policies, compared.
struct TrustComparison {
  private(set) var differences: [Difference] = []

  init(_ before: Policy, _ after: Policy) {
    compareProviders(before, after)
    let old = Dictionary(before.apps.map { ($0.name.value, $0) }) { first, _ in first }
    for app in after.apps {
      if let other = old[app.name.value], !other.isWrittenAs(app) { compare(other, before, app, after) }
    }
  }

  // MARK: providers

  private mutating func compareProviders(_ before: Policy, _ after: Policy) {
    let old = Dictionary(before.providers.map { ($0.name.value, $0) }) { first, _ in first }
    let new = Dictionary(after.providers.map { ($0.name.value, $0) }) { first, _ in first }
    for provider in before.providers where new[provider.name.value] == nil {
      add(
        nil, "login provider \(provider.name.value)", provider.issuer.value, "", .narrows, provider.span, before, true)
    }
    for provider in after.providers {
      let subject = "login provider \(provider.name.value)"
      guard let other = old[provider.name.value] else {
        add(nil, subject, "", provider.issuer.value, .widens, provider.span, after, false)
        continue
      }
      func compare(_ part: String, _ before: String, _ value: String, _ span: Span) {
        add(nil, "\(subject), \(part)", before, value, .widens, span, after, false)
      }
      compare("issuer", other.issuer.value, provider.issuer.value, provider.issuer.span)
      compare("source", "\(other.source)", "\(provider.source)", provider.span)
      compare("client", other.clientID, provider.clientID, provider.span)
      compare("pool", other.pool ?? "", provider.pool ?? "", provider.span)
      compare(
        "session duration", Self.seconds(other.sessionDurationSeconds), Self.seconds(provider.sessionDurationSeconds),
        provider.span)
      add(
        nil, "\(subject), ended with a sign-out", "\(other.endsSession)", "\(provider.endsSession)", .changes,
        provider.span, after, false)
      addLists("\(subject), domains", other.domains, provider.domains, provider.span, after)
      addLists("\(subject), tenants", other.tenantIDs, provider.tenantIDs, provider.span, after)
    }
  }

  private static func seconds(_ seconds: UInt32) -> String { "\(seconds) s" }

  // MARK: apps

  private mutating func compare(_ old: App, _ before: Policy, _ new: App, _ after: Policy) {
    func compare(_ subject: String, _ value: String?, _ newValue: String?) {
      add(new.name.value, subject, value ?? "", newValue ?? "", .changes, new.span, after, false)
    }
    compare("login hint", old.access.loginHint?.value, new.access.loginHint?.value)
    compare("OAuth client", old.access.oauthClientID?.value, new.access.oauthClientID?.value)
    compare("login page", old.access.loginPageURI?.value, new.access.loginPageURI?.value)
    compare(
      "page of those refused", old.application.accessDeniedPageURI?.value, new.application.accessDeniedPageURI?.value)
    compare("request context audience", old.application.rctokenAudience?.value, new.application.rctokenAudience?.value)
    compare(
      "troubleshooting address", old.application.generateTroubleshootingURI?.value.description,
      new.application.generateTroubleshootingURI?.value.description)
    compare(
      "remediation token", old.application.remediationTokenGeneration?.value.description,
      new.application.remediationTokenGeneration?.value.description)
    compareLists("CORS origins", old.corsOrigins, new)
    compareAttributes(old, new, after)
  }

  private mutating func compareLists(_ subject: String, _ old: [Sourced<String>], _ new: App) {
    let (gained, lost) = Self.changes(old.map(\.value), new.corsOrigins.map(\.value))
    for text in gained { append(new.name.value, subject, "", text, .widens, nil) }
    for text in lost { append(new.name.value, subject, text, "", .narrows, nil) }
  }

  private mutating func compareAttributes(_ old: App, _ new: App, _ after: Policy) {
    let (gained, lost) = Self.changes(Self.attributes(old), Self.attributes(new))
    let place = Difference.Place(new.application.attributePropagation?.span, in: after, isOld: false)
    for text in gained { append(new.name.value, "attributes passed on", "", text, .widens, place) }
    for text in lost { append(new.name.value, "attributes passed on", text, "", .narrows, place) }
  }

  private static func attributes(_ app: App) -> [String] {
    guard let propagation = app.application.attributePropagation?.value else { return [] }
    let outputs = propagation.outputs.map(\.name).sorted().joined(separator: " and ")
    return propagation.attributes.map { attribute in
      let marks = (attribute.isStrict ? ", strict" : "") + (attribute.isDecorated ? ", decorated" : "")
      return "\(attribute.source.name).\(attribute.name) as \(attribute.emittedName) in \(outputs)\(marks)"
    }
  }

  private static func changes(_ old: [String], _ new: [String]) -> (gained: [String], lost: [String]) {
    (new.filter { !old.contains($0) }, old.filter { !new.contains($0) })
  }

  // MARK: one difference

  private mutating func addLists(
    _ subject: String, _ old: [Sourced<String>], _ new: [Sourced<String>], _ span: Span, _ policy: Policy
  ) {
    let (gained, lost) = Self.changes(old.map(\.value), new.map(\.value))
    for text in gained { add(nil, subject, "", text, .widens, span, policy, false) }
    for text in lost { add(nil, subject, text, "", .narrows, span, policy, false) }
  }

  private mutating func add(
    _ app: String?, _ subject: String, _ before: String, _ after: String, _ effect: Difference.Effect, _ span: Span?,
    _ policy: Policy, _ isOld: Bool
  ) {
    if before != after { append(app, subject, before, after, effect, Difference.Place(span, in: policy, isOld: isOld)) }
  }

  private mutating func append(
    _ app: String?, _ subject: String, _ before: String, _ after: String, _ effect: Difference.Effect,
    _ place: Difference.Place?
  ) {
    differences.append(
      Difference(
        appName: app, kind: .trust, effect: effect, subject: subject, before: before, after: after, place: place,
        proof: .value))
  }
}
