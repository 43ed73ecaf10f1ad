// Rows 7 and 8 of docs/decision.md: whether a credential is usable for this app, now.

internal import CPostern

extension Bundle {
  /// Takes rows 7 and 8; what came of them stands in `run.outcome`.
  @inline(__always)
  borrowing func admit(
    _ line: AppLine, _ credential: postern_credential, _ identity: Span<UInt32>, _ run: inout ClockRun
  ) {
    if let reason = refusalOfUse(line, identity, credential, &run) {
      _ = run.fail(reason, POSTERN_CLOCK_NONE)
      return
    }
    let clocks = usualClocks(entry: line.program, credential, at: run.now)
    if clocks.arePassed {
      run.outcome.validUntil = clocks.validUntil
      run.outcome.validUntilClock = clocks.clock
      run.outcome.checkStateAt = clocks.checkStateAt
    } else {
      self.run(entry: line.program, credential, &run)
    }
  }

  /// Row 7: the reason why the credential is not usable here, or nil; finds the provider.
  @inline(__always)
  private borrowing func refusalOfUse(
    _ line: AppLine, _ identity: Span<UInt32>, _ credential: postern_credential, _ run: inout ClockRun
  ) -> Int? {
    if credential.kind == UInt8(truncatingIfNeeded: POSTERN_CREDENTIAL_NONE) { return POSTERN_REASON_NO_CREDENTIAL }
    if credential.kind == UInt8(truncatingIfNeeded: POSTERN_CREDENTIAL_BEARER),
      let reason = audienceRefusal(line, identity)
    {
      return reason
    }
    let identity = IdentityView(identity)
    let provider = identity.word(IdentityLayout.provider)
    if provider >= UInt32(truncatingIfNeeded: BundleFormat.providerLimit)
      || line.providerMask >> UInt64(provider) & 1 == 0
    {
      return POSTERN_REASON_PROVIDER_MISMATCH
    }
    run.providerIndex = UInt16(truncatingIfNeeded: provider)
    let isTenant =
      line.flags & AppFlag.asksForTenant == 0
      ? identity.word(IdentityLayout.hasTenant) == 0 : acceptsTenant(line, provider: Int(provider), identity)
    return isTenant ? nil : POSTERN_REASON_TENANT_MISMATCH
  }

  /// Row 7 for a bearer: the reason that its audience or authorized party gives, or nil.
  private borrowing func audienceRefusal(_ line: AppLine, _ identity: Span<UInt32>) -> Int? {
    let clients = list(at: profile(line) &+ 8)
    if clients.count == 0 { return POSTERN_REASON_PROGRAMMATIC_ACCESS_DISABLED }
    let audience = identity[IdentityLayout.audience]
    let own = self.audience(ofApp: line.index)
    let isOurs = audience != BundleFormat.none && (audience == own || clients.contains(audience, words: words))
    if !isOurs { return POSTERN_REASON_AUDIENCE_MISMATCH }
    if identity[IdentityLayout.hasAuthorizedParty] == 0 { return nil }
    let party = identity[IdentityLayout.authorizedParty]
    let isKnown = party != BundleFormat.none && clients.contains(party, words: words)
    return isKnown ? nil : POSTERN_REASON_AUTHORIZED_PARTY_MISMATCH
  }

  /// Row 7: the app's tenants where it names some and the provider is an identity platform, else the provider's.
  @inline(never)
  private borrowing func acceptsTenant(_ line: AppLine, provider: Int, _ identity: IdentityView) -> Bool {
    let record = Line(words, providerRecord(provider))
    var tenants = list(record, at: 32)
    if record.byte(24) == ProviderSource.identityPlatform {
      let ofApp = list(at: profile(line))
      if ofApp.count > 0 { tenants = ofApp }
    }
    if tenants.count == 0 { return identity.word(IdentityLayout.hasTenant) == 0 }
    let tenant = identity.word(IdentityLayout.tenant)
    return tenant != BundleFormat.none && tenants.contains(tenant, words: words)
  }
}

/// Numbers of `LoginProvider.Source` that the kernel asks for.
enum ProviderSource {
  static let identityPlatform: UInt8 = 1
  static let last: UInt8 = 4
}
