// What is wrong with an app's effective values, however far above it they are written: timers that contradict each
// other, settings that do not fit the login providers, hosts whose apps have different ones.

/// A host as routes name it.
struct HostKey: Hashable {
  var host: String
  var isWildcard: Bool
}

/// The first app seen on a host.
struct HostUse {
  var providerIndices: [Int]
  var appName: String
  var span: Span
}

extension PolicyAssembly {
  mutating func check(_ draft: AppDraft, _ effective: EffectiveLevel, providerIndices: [Int]) {
    checkTimers(effective)
    checkSettings(effective)
    warnOfAllowedDomains(effective, providerIndices.map { providers[$0] })
    checkFit(draft, effective, providerIndices.map { providers[$0] })
    checkHosts(draft, providerIndices)
  }

  // MARK: timers

  /// A finite timer with its place.
  private struct Timer {
    var name: String
    var seconds: UInt32
    var span: Span
    var depth: Int

    init?(_ name: String, _ limit: Inherited<Limit>) {
      guard let value = limit.value, case .seconds(let seconds) = value.value else { return nil }
      self.name = name
      self.seconds = seconds
      span = value.span
      depth = limit.depth
    }

    init?(_ reauthentication: Sourced<Reauthentication>?) {
      guard let reauthentication, reauthentication.value.method != nil else { return nil }
      name = "reauthSettings.maxAge"
      seconds = reauthentication.value.maxAgeSeconds
      span = reauthentication.span
      depth = Int.max
    }
  }

  private mutating func checkTimers(_ effective: EffectiveLevel) {
    let absolute = Timer("absoluteTimeout", effective.absoluteTimeout)
    let idle = Timer("idleTimeout", effective.idleTimeout)
    if let idle, let absolute, idle.seconds >= absolute.seconds { contradict(idle, absolute, "must be shorter than") }
    if let reauthentication = Timer(effective.reauthentication), let absolute,
      reauthentication.seconds > absolute.seconds
    {
      contradict(reauthentication, absolute, "must not be longer than")
    }
    if let revalidate = Timer("revalidate", effective.revalidate), let idle, revalidate.seconds > idle.seconds {
      contradict(revalidate, idle, "must not be longer than")
    }
  }

  /// Reports at the timer that is written further down, for that is where the author is.
  private mutating func contradict(_ short: Timer, _ long: Timer, _ relation: String) {
    let isShortBelow = short.depth >= long.depth
    report(
      once: .timersContradict(
        short.name, relation, long.name, at: isShortBelow ? short.span : long.span,
        other: (isShortBelow ? long.name : short.name, isShortBelow ? long.span : short.span)))
  }

  // MARK: settings

  private mutating func checkSettings(_ effective: EffectiveLevel) {
    if let enable = effective.flag(.allowedDomainsEnable), enable.value, effective.texts(.allowedDomains).isEmpty {
      report(once: .settingIncomplete("allowedDomainsSettings", missing: "domains", at: enable.span))
    }
    guard let enable = effective.flag(.attributePropagationEnable), enable.value else { return }
    if effective.text(.attributePropagationExpression) == nil {
      report(once: .settingIncomplete("attributePropagationSettings", missing: "expression", at: enable.span))
    }
    if effective.texts(.attributePropagationOutputs).isEmpty {
      report(once: .settingIncomplete("attributePropagationSettings", missing: "outputCredentials", at: enable.span))
    }
  }

  /// An allowed domain counts only from a provider that declares it (`decision.md` row 9).
  private mutating func warnOfAllowedDomains(_ effective: EffectiveLevel, _ own: [LoginProvider]) {
    guard effective.flag(.allowedDomainsEnable)?.value == true else { return }
    for domain in effective.texts(.allowedDomains)
    where !own.contains(where: { $0.domains.contains { $0.value == domain.value } }) {
      report(once: .undeclaredDomain(domain.value, member: domain.value, at: domain.span))
    }
  }

  /// Identity sources, pools and tenants against the app's providers.
  private mutating func checkFit(_ draft: AppDraft, _ effective: EffectiveLevel, _ own: [LoginProvider]) {
    if let source = effective.texts(.identitySources).first, let other = own.first(where: { $0.source != .workforce }) {
      misfit(draft, source, "provider `\(other.name.value)` is of source `\(other.source)`")
    }
    let workforce = own.filter { $0.source == .workforce }
    for pool in effective.texts(.workforcePools) {
      let name = PolicyReader.poolName(pool.value)
      if !workforce.contains(where: { $0.pool == name }) {
        misfit(draft, pool, "no provider of the app declares this pool")
      }
    }
    if let client = effective.text(.workforceClientID), !workforce.contains(where: { $0.clientID == client.value }) {
      misfit(draft, client, "no workforce provider of the app has this `clientID`")
    }
    checkTenants(draft, effective, own.filter { $0.source == .identityPlatform })
  }

  private mutating func checkTenants(_ draft: AppDraft, _ effective: EffectiveLevel, _ own: [LoginProvider]) {
    let declared = Set(own.flatMap { $0.tenantIDs.map(\.value) })
    for tenant in effective.texts(.tenantIDs) {
      if own.isEmpty {
        misfit(draft, tenant, "no provider of the app is of source `identityPlatform`")
      } else if !declared.isEmpty && !declared.contains(tenant.value) {
        misfit(draft, tenant, "no provider of the app declares this tenant")
      }
    }
    if own.isEmpty, let page = effective.text(.loginPageURI) {
      misfit(draft, page, "no provider of the app is of source `identityPlatform`")
    }
  }

  private mutating func misfit(_ draft: AppDraft, _ setting: Sourced<String>, _ why: String) {
    diagnostics.append(
      .settingDoesNotFit(setting.value, why, app: draft.name.value, at: setting.span, appSpan: draft.name.span))
  }

  // MARK: hosts

  /// One session cookie serves a host, so its apps share their providers (gate.md, "Login").
  private mutating func checkHosts(_ draft: AppDraft, _ indices: [Int]) {
    for route in draft.routes {
      let key = HostKey(host: route.host, isWildcard: route.isWildcard)
      guard let use = hosts[key] else {
        hosts[key] = HostUse(providerIndices: indices, appName: draft.name.value, span: route.span)
        continue
      }
      guard use.providerIndices != indices && use.appName != draft.name.value else { continue }
      report(
        once: .providersDifferOnHost(
          (key.isWildcard ? "*." : "") + key.host, app: draft.name.value, other: use.appName, at: route.span,
          first: use.span))
    }
  }
}
