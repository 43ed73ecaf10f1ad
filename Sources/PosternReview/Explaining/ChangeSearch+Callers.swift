// Changes of who asks: groups and other members that rules name, what is known of the account, the login provider, for whom a credential
// is, a login of somebody else. Refuses nothing: whom no provider speaks for, the kernel refuses.

internal import PosternCompiler
internal import PosternLanguage

extension ChangeSearch {
  /// Of one rule so many members are tried.
  private static let membersOfRule = 4

  /// What may let in.
  var openings: [Edit] {
    let account = [
      Edit(.account, "an account that is active") { $0.credential.accountState = .active },
      Edit(.account, "a login provider that can be asked") { $0.credential.stateSourceDown = false },
      Edit(.account, "a session store that can be asked") { $0.credential.storeDown = false },
    ]
    let ofSomebody =
      account + fresherAges + conditionFacts + known + knownDomains + withoutGroups + memberships + otherProviders
      + bearerFacts + logins
    return plainRequests + (facts.credential.kind == .none ? conditionFacts + firstLogins : ofSomebody + anonymous)
  }

  /// What may end access.
  var endings: [Edit] {
    if facts.credential.kind == .none { return conditionFacts + otherMethods }
    let account = Edit(.account, "an account that is suspended") { $0.credential.accountState = .suspended }
    let unknown = [
      Edit(.identity, "without a verified e-mail") { $0.credential.emailVerified = false },
      Edit(.identity, "with groups that are not all known") { $0.credential.groupsComplete = false },
    ]
    return olderAges + [account] + conditionFacts + withoutGroups + deniedMemberships + unknown + otherMethods
      + anonymous
  }

  // MARK: what is known

  private var known: [Edit] {
    [
      Edit(.identity, "a verified e-mail") { $0.credential.emailVerified = true },
      Edit(.identity, "groups that are all known") { $0.credential.groupsComplete = true },
      Edit(.identity, "no hosted domain") { $0.credential.hostedDomain = nil },
    ]
  }

  private var knownDomains: [Edit] {
    guard let policy, let app = policy.app else { return [] }
    let domains = app.access.allowedDomains
    return (domains?.value ?? []).map { domain in
      Edit(.identity, "an account of \(domain)", place: policy.place(domains?.span), key: "domain") {
        $0.credential.hostedDomain = Array(domain.utf8)
        if $0.credential.email == nil { $0.credential.email = Array("somebody@\(domain)".utf8) }
      }
    }
  }

  // MARK: members

  private var withoutGroups: [Edit] {
    let groups = facts.credential.groups
    if decision.reason == .identityTooLarge { return [fewerGroups(groups.count), lessKnown] }
    var place: TreePlace?
    if case .deny(let id) = decision.rule { place = policy?.place(policy?.policy.denyRules[Int(id)].span) }
    return groups.prefix(64).map { group in
      Edit(.membership, "without group:\(Shown.text(group))", place: place) { facts in
        facts.credential.groups.removeAll { $0 == group }
      }
    }
  }

  private var lessKnown: Edit {
    Edit(.person, "somebody of the domain whom neither rules nor groups name") { facts in
      let email = facts.credential.email ?? []
      let domain = email.lastIndex(of: UInt8(ascii: "@")).map { email[$0...] } ?? []
      facts.credential.email = Array("somebody-else".utf8) + domain
      facts.credential.subject = facts.credential.email
      facts.credential.groups = []
    }
  }

  private func fewerGroups(_ count: Int) -> Edit {
    Edit(
      .membership, slide: Edit.Slide(from: Int64(count), to: 0),
      text: { "at most \($0 ?? 0) of the \(count) groups" },
      apply: { facts, kept in facts.credential.groups = Array(facts.credential.groups.prefix(Int(kept))) })
  }

  /// Members of bindings, and exceptions of deny rules.
  private var memberships: [Edit] {
    guard let policy else { return [] }
    let bindings = policy.bindings.flatMap { id, binding in
      edits(binding.members, key: "binding \(id)", span: binding.span, policy)
    }
    let exceptions = policy.denyRules.enumerated().flatMap { index, rule in
      edits(rule.exceptionPrincipals, key: "exception \(index)", span: rule.span, policy)
    }
    return bindings + exceptions
  }

  private var deniedMemberships: [Edit] {
    guard let policy else { return [] }
    return policy.denyRules.enumerated().flatMap { index, rule in
      edits(rule.deniedPrincipals, key: "denial \(index)", span: rule.span, policy).filter {
        $0.dimension == .membership
      }
    }
  }

  /// Some members of one rule: those that somebody may come to be before those that somebody else is.
  private func edits(_ uses: [MemberUse], key: String, span: Span, _ policy: ExplainedPolicy) -> [Edit] {
    let members = uses.prefix(256).map { policy.policy.members[Int($0.memberIndex)] }
    let groups = members.filter(\.isGroup).prefix(Self.membersOfRule)
    let others = members.filter { !$0.isGroup }.prefix(Self.membersOfRule)
    return (groups + others).compactMap { edit($0, key: key, place: policy.place(span)) }
  }

  private func edit(_ member: Member, key: String, place: TreePlace?) -> Edit? {
    let name = member.canonicalText
    switch member {
    case .group(let text), .poolGroup(_, let text):
      return Edit(.membership, "membership in \(name)", place: place, key: key) {
        if !$0.credential.groups.contains(Array(text.utf8)) { $0.credential.groups.insert(Array(text.utf8), at: 0) }
      }
    case .domain(let domain):
      return Edit(.membership, "an account of \(name)", place: place, key: key) {
        $0.credential.hostedDomain = Array(domain.utf8)
      }
    case .poolAttribute(_, let claim, let value):
      return Edit(.membership, "membership in \(name)", place: place, key: key) {
        $0.credential.claims[Array(claim.utf8)] = .text(Array(value.utf8))
      }
    case .user(let email), .serviceAccount(let email):
      let isServiceAccount = if case .serviceAccount = member { true } else { false }
      return Edit(.person, "\(name) in their place", place: place, key: key) {
        $0.credential.email = Array(email.utf8)
        $0.credential.emailVerified = true
        $0.credential.principalKind = isServiceAccount ? .serviceAccount : .user
      }
    case .poolSubject(_, let subject):
      return Edit(.person, "\(name) in their place", place: place, key: key) {
        $0.credential.subject = Array(subject.utf8)
      }
    case .pool, .allUsers, .allAuthenticatedUsers, .deleted: return nil
    }
  }

  // MARK: credentials

  private var otherProviders: [Edit] {
    guard let policy, let app = policy.app else { return [] }
    return app.providerIndices.flatMap { index -> [Edit] in
      let provider = policy.policy.providers[index]
      let tenants = policy.tenants(of: provider, at: app)
      let place = policy.place(provider.span)
      return (tenants.isEmpty ? [nil] : tenants.map { Optional($0) }).map { tenant in
        let text = "a login by \(provider.name.value)" + (tenant.map { ", tenant \($0)" } ?? "")
        return Edit(.provider, text, place: place, key: "provider \(index)") {
          $0.credential.provider = Array(provider.name.value.utf8)
          $0.credential.tenant = tenant.map { Array($0.utf8) }
        }
      }
    }
  }

  private var bearerFacts: [Edit] {
    guard facts.credential.kind == .bearer, let policy, let app = policy.app else { return [] }
    let clients = app.access.programmaticClients
    let place = policy.place(clients.first?.span ?? app.span)
    let audiences = ([app.audience] + clients.map(\.value)).map { audience in
      Edit(.credential, "a token for \(audience)", place: place, key: "audience") {
        $0.credential.audience = Array(audience.utf8)
      }
    }
    let parties = clients.map { client in
      Edit(.credential, "a token that \(client.value) obtained", place: policy.place(client.span), key: "party") {
        $0.credential.authorizedParty = Array(client.value.utf8)
      }
    }
    let session = Edit(.credential, "a session, just begun, in place of the token") { facts in
      facts.credential.kind = .session
      facts.credential.accountState = .active
      let now = facts.nowMilliseconds == 0 ? 1 : facts.nowMilliseconds
      for path in [\Credential.createdAt, \.lastSeenAt, \.stateCheckedAt, \.issuedAt, \.loginAt] {
        facts.credential[keyPath: path] = now
      }
    }
    return audiences + parties + [session]
  }

  private var anonymous: [Edit] {
    [Edit(.person, "somebody who is not logged in") { $0.credential = Credential() }]
  }

  /// Logins of those whom bindings name, by the providers of the app: of each binding the first that is let in.
  private var firstLogins: [Edit] {
    guard let policy else { return [] }
    let domains: [String?] = [nil] + (policy.app?.access.allowedDomains?.value.prefix(2).map { Optional($0) } ?? [])
    return policy.bindings.flatMap { id, binding in
      let members = binding.members.prefix(Self.membersOfRule).map { policy.policy.members[Int($0.memberIndex)] }
      return members.flatMap { member in
        policy.providers.flatMap { provider, tenant in
          domains.compactMap { domain in
            let persona = Persona(members: [member], provider: provider, tenant: tenant, hostedDomain: domain)
            return login(persona, of: member, key: "binding \(id)", place: policy.place(binding.span))
          }
        }
      }
    }
  }

  private func login(_ persona: Persona, of member: Member, key: String, place: TreePlace?) -> Edit? {
    guard let credential = persona.credential(at: now) else { return nil }
    let who = member == .allAuthenticatedUsers ? "" : ", as \(member.canonicalText)"
    let by = persona.provider.name.value + (persona.tenant.map { ", tenant \($0)" } ?? "")
    return Edit(.login, "a login by \(by)\(who)", place: place, key: key) { $0.credential = credential }
  }
}
