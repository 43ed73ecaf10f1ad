// `kind: Organization`: login providers, roles, budget and guards. Refuses a second organization, secrets, and
// providers that say what their source does not have.

extension PolicyReader {
  static let clockSkewLimitSeconds: UInt32 = 300
  static let sessionDurationSeconds: ClosedRange<UInt32> = 900...43_200

  mutating func readOrganization(_ fields: Fields) {
    let name = fields["name"].flatMap { nonEmptyText($0) }
    var draft = OrganizationDraft(
      level: level(fields), name: name.flatMap { domain($0) } ?? Sourced("", at: fields.head))
    (draft.providers, draft.providerNames) = loginProviders(fields["loginProviders"])
    draft.accessRoles = accessRoles(fields["accessRoles"])
    if let skew = fields["clockSkew"].flatMap({ durationSeconds($0, in: 0...Self.clockSkewLimitSeconds) }) {
      draft.clockSkewSeconds = skew.value
    }
    draft.budget = fields["budget"].flatMap { budget($0) }
    draft.guards = guards(fields["guards"])
    if let first = organization {
      diagnostics.append(.duplicateOrganization(at: fields.head, first: first.name.span))
      return
    }
    organization = draft
  }

  private mutating func accessRoles(_ node: YAMLNode?) -> [Sourced<String>] {
    guard let node, let roles = texts(node) else { return [] }
    for role in roles {
      let parts = role.value.split(separator: "/", omittingEmptySubsequences: false)
      let isCustom =
        parts.count == 4 && (parts[0] == "organizations" || parts[0] == "projects")
        && !parts[1].isEmpty && parts[2] == "roles" && !parts[3].isEmpty
      if !isCustom && role.value != Self.accessRole { diagnostics.append(.malformedRole(role.value, at: role.span)) }
    }
    reportRepeated(roles, what: "role")
    return roles
  }

  private mutating func budget(_ node: YAMLNode) -> Sourced<Budget>? {
    guard let fields = fields(node, .budget) else { return nil }
    let budget = Budget(
      words: fields["words"].flatMap { count($0) }?.value, probes: fields["probes"].flatMap { count($0) }?.value,
      bytesScanned: fields["bytesScanned"].flatMap { count($0) }?.value)
    return Sourced(budget, at: fields.span)
  }

  // MARK: guards

  private mutating func guards(_ node: YAMLNode?) -> [PolicyGuard] {
    guard let node, let items = list(node) else { return [] }
    let guards = items.compactMap { policyGuard($0) }
    reportRepeated(guards.map(\.name), what: "guard")
    return guards
  }

  private mutating func policyGuard(_ node: YAMLNode) -> PolicyGuard? {
    guard let fields = fields(node, .policyGuard) else { return nil }
    let name = fields["name"].flatMap { nonEmptyText($0) }
    let app = fields["app"].flatMap { nonEmptyText($0) }
    guard let never = fields["never"].flatMap({ self.fields($0, .never) }) else { return nil }
    guard let entry = never.entries.first, never.entries.count == 1 else {
      diagnostics.append(.exactlyOneKey(of: KeySet.never.keys.map(\.name), at: never.head))
      return nil
    }
    guard let kind = guardKind(entry), let name else { return nil }
    return PolicyGuard(name: name, appName: app, kind: kind, span: fields.span)
  }

  private mutating func guardKind(_ entry: Fields.Entry) -> PolicyGuard.Kind? {
    switch entry.key.name {
    case "principalOutside":
      memberUse(entry.value, in: .guard).map { .principalOutside($0) }
    case "absoluteTimeoutAbove":
      durationSeconds(entry.value).map { .absoluteTimeoutAbove(seconds: $0.value) }
    default:
      durationSeconds(entry.value).map { .idleTimeoutAbove(seconds: $0.value) }
    }
  }

  // MARK: login providers

  private mutating func loginProviders(_ node: YAMLNode?) -> (providers: [LoginProvider], names: Set<String>) {
    guard let node, let items = list(node) else { return ([], []) }
    if items.isEmpty { diagnostics.append(.emptyList("loginProviders", at: node.span)) }
    if items.count > Policy.providerLimit {
      diagnostics.append(
        .tooMany("login providers", limit: Policy.providerLimit, at: items[Policy.providerLimit].head))
    }
    var names: Set<String> = []
    let providers = items.compactMap { loginProvider($0, &names) }
    reportRepeated(providers.map(\.name), what: "login provider")
    reportSharedDomains(providers)
    return (providers, names)
  }

  private mutating func loginProvider(_ node: YAMLNode, _ names: inout Set<String>) -> LoginProvider? {
    guard let fields = fields(node, .loginProvider) else { return nil }
    noteUnapplied(fields)
    let name = fields["name"].flatMap { self.name($0, of: "login provider") }
    if let name { names.insert(name.value) }
    let source = fields["source"].flatMap { word($0, LoginProvider.Source.allCases.map { "\($0)" }) }
      .flatMap { word in LoginProvider.Source.allCases.first { "\($0)" == word.value } }
    let issuer = fields["issuer"].flatMap { nonEmptyText($0) }
    let clientID = fields["clientID"].flatMap { nonEmptyText($0) }
    let domains = (fields["domains"].flatMap { texts($0) } ?? []).compactMap { domain($0) }
    reportRepeated(domains, what: "domain")
    let tenants = fields["tenantIds"].flatMap { texts($0) } ?? []
    checkTenants(tenants)
    let pool = fields["pool"].flatMap { nonEmptyText($0) }
    if let pool { checkPool(pool) }
    let duration = fields["sessionDuration"].flatMap { durationSeconds($0, in: Self.sessionDurationSeconds) }
    guard let name, let source, let issuer, let clientID else { return nil }
    checkIssuer(issuer, of: source)
    checkFit(fields, of: source)
    return LoginProvider(
      name: name, source: source, issuer: issuer, clientID: clientID.value, domains: domains, tenantIDs: tenants,
      pool: pool.map { Self.poolName($0.value) },
      sessionDurationSeconds: duration?.value ?? LoginProvider.defaultSessionDurationSeconds,
      endsSession: fields["endSession"].flatMap { flag($0) }?.value ?? false, span: fields.span)
  }

  /// Entity IDs of SAML are any URI; all other issuers are https URLs without a query or fragment (OpenID Connect Core,
  /// 1.2).
  private mutating func checkIssuer(_ issuer: Sourced<String>, of source: LoginProvider.Source) {
    guard source != .saml else { return }
    do {
      let address = try WebAddress(parsing: issuer.value, schemes: ["https"])
      if let bad = address.rest.unicodeScalars.first(where: { $0 == "?" || $0 == "#" }) {
        throw AddressFault.character(bad)
      }
    } catch let fault as AddressFault {
      diagnostics.append(.malformedAddress(issuer.value, fault, at: issuer.span))
    } catch { return }
  }

  /// Keys that only one source has.
  private mutating func checkFit(_ fields: Fields, of source: LoginProvider.Source) {
    let owners: [(key: String, source: LoginProvider.Source)] = [
      ("tenantIds", .identityPlatform), ("pool", .workforce), ("sessionDuration", .workforce),
    ]
    for owner in owners where owner.source != source {
      guard let entry = fields.entries.first(where: { $0.key.name == owner.key }) else { continue }
      diagnostics.append(.keyOfOtherSource(owner.key, needs: "\(owner.source)", has: "\(source)", at: entry.keySpan))
    }
    if source == .workforce && fields["pool"] == nil {
      diagnostics.append(.missingKey("pool", of: "login provider of source `workforce`", at: fields.head))
    }
  }

  private mutating func reportSharedDomains(_ providers: [LoginProvider]) {
    var first: [String: Sourced<String>] = [:]
    for provider in providers {
      for domain in provider.domains {
        if let other = first[domain.value] {
          diagnostics.append(.sharedDomain(domain.value, at: domain.span, first: other.span))
        }
      }
      for domain in provider.domains where first[domain.value] == nil { first[domain.value] = domain }
    }
  }
}
