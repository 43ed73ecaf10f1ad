// Row 7: whether the credential may be used at this app at all.

/// Why rows 7 and 8 do not let a credential pass.
struct Refusal: Error {
  var reason: Reason
  var clock: Clock = .none
  /// Where a login must be later than an instant that is not now.
  var authenticatedAfter: Int64?
}

extension Reference {
  /// Row 7; the provider that vouches for the credential, where it passes.
  func passRow7(_ app: App) throws(Refusal) -> LoginProvider {
    if credential.kind == .none { throw Refusal(reason: .noCredential) }
    if credential.kind == .bearer { try passBearer(app) }
    guard let index = identity?.providerIndex, app.providerIndices.contains(index) else {
      throw Refusal(reason: .providerMismatch)
    }
    let provider = policy.providers[index]
    guard isTenantAccepted(app, provider) else { throw Refusal(reason: .tenantMismatch) }
    return provider
  }

  private func passBearer(_ app: App) throws(Refusal) {
    let clients = app.access.programmaticClients.map(\.value)
    if clients.isEmpty { throw Refusal(reason: .programmaticAccessDisabled) }
    guard (clients + [app.audience]).contains(where: { isEqual(credential.audience, $0) }) else {
      throw Refusal(reason: .audienceMismatch)
    }
    guard let party = credential.authorizedParty else { return }
    guard clients.contains(where: { isEqual(party, $0) }) else { throw Refusal(reason: .authorizedPartyMismatch) }
  }

  private func isTenantAccepted(_ app: App, _ provider: LoginProvider) -> Bool {
    let isAppsToSay = !app.access.tenantIDs.isEmpty && provider.source == .identityPlatform
    let accepted = isAppsToSay ? app.access.tenantIDs : provider.tenantIDs
    if accepted.isEmpty { return credential.tenant == nil }
    return accepted.contains { isEqual(credential.tenant, $0.value) }
  }
}
