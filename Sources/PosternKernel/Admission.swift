// Rows 7 and 8 of docs/decision.md: whether a credential is usable for this app, now.

internal import CPostern

extension Bundle {
  @inline(__always)
  borrowing func admit(
    _ line: AppLine, _ hearing: Hearing, _ credential: postern_credential
  ) -> Outcome {
    if credential.kind == UInt8(truncatingIfNeeded: POSTERN_CREDENTIAL_NONE) {
      return .challenge(POSTERN_REASON_NO_CREDENTIAL)
    }
    let identity = hearing.identity
    if credential.kind == UInt8(truncatingIfNeeded: POSTERN_CREDENTIAL_BEARER),
      let reason = audienceRefusal(line, identity)
    {
      return .challenge(reason)
    }
    let provider = identity[IdentityLayout.provider]
    if provider >= UInt32(truncatingIfNeeded: sections.providerCount) || line.providerMask >> UInt64(provider) & 1 == 0 {
      return .challenge(POSTERN_REASON_PROVIDER_MISMATCH)
    }
    if !acceptsTenant(line, provider: Int(provider), identity) { return .challenge(POSTERN_REASON_TENANT_MISMATCH) }
    return run(
      entry: line.program, credential, providerIndex: UInt16(truncatingIfNeeded: provider), now: hearing.now)
  }

  /// Row 7 for a bearer: the reason that its audience or authorized party gives, or nil.
  private borrowing func audienceRefusal(_ line: AppLine, _ identity: Span<UInt32>) -> Int? {
    let clients = list(at: line.profile &+ 8)
    if clients.count == 0 { return POSTERN_REASON_PROGRAMMATIC_ACCESS_DISABLED }
    let audience = identity[IdentityLayout.audience]
    let own = words.u32(sections.appRecords.offset &+ RecordSize.appRecord &* Int(line.index) &+ 24)
    let isOurs = audience != BundleFormat.none && (audience == own || clients.contains(audience, words: words))
    if !isOurs { return POSTERN_REASON_AUDIENCE_MISMATCH }
    if identity[IdentityLayout.hasAuthorizedParty] == 0 { return nil }
    let party = identity[IdentityLayout.authorizedParty]
    let isKnown = party != BundleFormat.none && clients.contains(party, words: words)
    return isKnown ? nil : POSTERN_REASON_AUTHORIZED_PARTY_MISMATCH
  }

  /// Row 7: the app's tenants where it names some and the provider is an identity platform, else the provider's.
  @inline(__always)
  private borrowing func acceptsTenant(_ line: AppLine, provider: Int, _ identity: Span<UInt32>) -> Bool {
    let record = providerRecord(provider)
    var tenants = list(at: record &+ 32)
    if words.byte(record &+ 24) == ProviderSource.identityPlatform {
      let ofApp = list(at: line.profile)
      if ofApp.count > 0 { tenants = ofApp }
    }
    if tenants.count == 0 { return identity[IdentityLayout.hasTenant] == 0 }
    let tenant = identity[IdentityLayout.tenant]
    return tenant != BundleFormat.none && tenants.contains(tenant, words: words)
  }
}

/// Numbers of `LoginProvider.Source` that the kernel asks for.
enum ProviderSource {
  static let identityPlatform: UInt8 = 1
  static let last: UInt8 = 4
}
