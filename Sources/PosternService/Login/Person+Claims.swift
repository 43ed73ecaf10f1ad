// From what a provider states to who that is. What a claim means depends on the provider's source (docs/language.md, "Organization"),
// and on what the configuration says of this one. Refuses a token without a subject.

internal import CPostern

/// What the configuration says of a provider, beside its secret.
struct ProviderSettings: Sendable, Equatable {
  var clientSecret: String?
  var scopes = ["openid", "email", "profile"]
  /// The claim that lists groups; nil: the policy's own directory is all there is.
  var groupsClaim: String? = "groups"
  /// Whether addresses that the provider states count as verified where it does not say.
  var vouchesForEmails = false
  /// Values of `amr` (RFC 8176) that stand for more than a login.
  var secondFactorMethods: Set<String> = []
  var securityKeyMethods: Set<String> = []
}

extension Person {
  /// Who `claims` of `provider` are about.
  init(_ claims: [String: JSON], from provider: LoginProvider, _ settings: ProviderSettings) throws(ProviderFault) {
    guard let subject = claims["sub"]?.text, !subject.isEmpty, subject.utf8.count <= 1_024 else {
      throw .refused("the token names no subject")
    }
    self.init(provider: provider.name, subject: subject)
    if provider.source == .workforce { principalKind = UInt8(POSTERN_PRINCIPAL_WORKFORCE) }
    email = claims["email"]?.text
    let isStated = claims["email_verified"]?.bool ?? settings.vouchesForEmails
    isEmailVerified = email != nil && isStated
    if provider.source == .workspace {
      hostedDomain = claims["hd"]?.text
      if isEmailVerified, let email, Self.isOfServiceAccount(email) {
        principalKind = UInt8(POSTERN_PRINCIPAL_SERVICE_ACCOUNT)
      }
    }
    tenant = claims["firebase"]?["tenant"]?.text ?? claims["tenant"]?.text
    self.claims = claims
    readGroups(claims, settings)
  }

  /// Google's own addresses, which no person has (Google, "Service accounts overview").
  private static func isOfServiceAccount(_ email: String) -> Bool {
    let address = email.lowercased()
    return address.hasSuffix(".gserviceaccount.com") || address.hasSuffix("@gserviceaccount.com")
  }

  private mutating func readGroups(_ claims: [String: JSON], _ settings: ProviderSettings) {
    guard let name = settings.groupsClaim else {
      areGroupsComplete = true
      return
    }
    groups = claims[name]?.texts ?? []
    // With too many groups a provider names where to ask for them instead (OpenID Connect Core 1.0, 5.6.2).
    let isOverage = claims["_claim_names"]?[name] != nil
    areGroupsComplete = claims[name]?.texts != nil && !isOverage && groups.count <= 1_024
  }
}

extension [String: JSON] {
  /// When the provider says that it authenticated the person (OpenID Connect Core 1.0, 2), in milliseconds since 1970; nil where it does not
  /// say. What is no number, or not after 1970 (Glewlwyd 2.7.5 states 0 of everybody), is no time.
  var authenticatedAt: Int64? { self["auth_time"]?.milliseconds.flatMap { $0 > 0 ? $0 : nil } }
}

extension Login {
  /// The authentication that an ID token states.
  ///
  /// - Parameter startedAt: when the person was sent to the provider, which is what counts where the provider was told to ask
  ///   for a login and does not say when it did.
  init(
    _ claims: [String: JSON], person: Person, from provider: LoginProvider, _ settings: ProviderSettings,
    browser: String,
    startedAt: Int64
  ) {
    let authenticatedAt = claims.authenticatedAt ?? startedAt
    self.init(
      person: person, browser: browser, authenticatedAt: authenticatedAt,
      issuedAt: claims["iat"]?.milliseconds ?? startedAt)
    let methods = Set(claims["amr"]?.texts ?? [])
    if !methods.isDisjoint(with: settings.secondFactorMethods) { secondFactorAt = authenticatedAt }
    if !methods.isDisjoint(with: settings.securityKeyMethods) { securityKeyAt = authenticatedAt }
    providerSession = claims["sid"]?.text
  }
}
