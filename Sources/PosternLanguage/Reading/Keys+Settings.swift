// The keys of IapSettings, in the shape that `gcloud iap settings get` prints (cloud-iap.md, "IapSettings, every
// field").

extension KeySet {
  static let settings = google(
    "Settings",
    [
      Key("name", .text, .outputOnly, "The resource that the settings hang on; written by Google."),
      Key("accessSettings", .object(accessSettings), "Who gets in and how they log in."),
      Key("applicationSettings", .object(applicationSettings), "What the app is told and what people are shown."),
    ])

  static let accessSettings = google(
    "AccessSettings",
    [
      Key(
        "identitySources", .list(.oneOf(["WORKFORCE_IDENTITY_FEDERATION"])), .setting(.identitySources),
        "At most one source; the app's providers must all be of it."),
      Key("gcipSettings", .object(gcipSettings), "Identity Platform tenants."),
      Key("corsSettings", .object(corsSettings), "What OPTIONS requests may do."),
      Key("oauthSettings", .object(oauthSettings), "The login hint and the clients allowed programmatic access."),
      Key("reauthSettings", .object(reauthSettings), .setting(.reauthentication), "Re-authentication; set whole."),
      Key("allowedDomainsSettings", .object(allowedDomainsSettings), "Restricts access to people of listed domains."),
      Key("workforceIdentitySettings", .object(workforceIdentitySettings), "The workforce pool."),
    ])

  static let gcipSettings = google(
    "GcipSettings",
    [
      Key(
        "tenantIds", .list(.text), .setting(.tenantIDs),
        "Tenants; many that start with a digit, or exactly one `_` and a project number."),
      Key("loginPageUri", .text, .setting(.loginPageURI), "The authentication page; an https URL."),
    ])

  static let corsSettings = google(
    "CorsSettings",
    [
      Key(
        "allowHttpOptions", .flag, .setting(.allowHTTPOptions),
        "Whether OPTIONS skips authentication and authorization.")
    ])

  static let oauthSettings = google(
    "OAuthSettings",
    [
      Key("loginHint", .text, .setting(.loginHint), "Sent as `hd=`; a hint, not a restriction."),
      Key("clientId", .text, .setting(.oauthClientID), "The app's own OAuth client."),
      Key("clientSecret", .text, .secret, "Refused: secrets never stand in a policy tree."),
      Key(
        "clientSecretSha256", .text, .notApplied("it is written by Google and says nothing about this gate's secret"),
        "Written by Google; a warning says that it is not applied."),
      Key(
        "programmaticClients", .list(.text), .setting(.programmaticClients),
        "Client ids allowed programmatic access; none, no programmatic access."),
    ])

  static let reauthSettings = google(
    "ReauthSettings",
    [
      Key(
        "method", .oneOf(["LOGIN", "PASSWORD", "ENROLLED_SECOND_FACTORS", "SECURE_KEY", "METHOD_UNSPECIFIED"]),
        "How strong the authentication must be; `PASSWORD` counts as `LOGIN`."),
      Key("maxAge", .duration, "How old it may be; at least 300s."),
      Key("policyType", .oneOf(["MINIMUM", "DEFAULT"]), "Whether levels below may only tighten, or replace."),
    ])

  static let allowedDomainsSettings = google(
    "AllowedDomainsSettings",
    [
      Key("enable", .flag, .setting(.allowedDomainsEnable), "Whether the restriction is in force."),
      Key("domains", .list(.text), .setting(.allowedDomains), "The domains whose people get in."),
    ])

  static let workforceIdentitySettings = google(
    "WorkforceIdentitySettings",
    [
      Key("workforcePools", .list(.text), .setting(.workforcePools), "At most one pool; a provider must declare it."),
      Key("oauth2", .object(workforceOAuth2), "The OAuth client of the workforce login."),
    ])

  static let workforceOAuth2 = google(
    "WorkforceOAuth2",
    [
      Key(
        "clientId", .text, .setting(.workforceClientID), "Must be the `clientID` of the app's workforce provider."),
      Key("clientSecret", .text, .secret, "Refused: secrets never stand in a policy tree."),
      Key(
        "clientSecretSha256", .text, .notApplied("it is written by Google and says nothing about this gate's secret"),
        "Written by Google; a warning says that it is not applied."),
    ])

  static let applicationSettings = google(
    "ApplicationSettings",
    [
      Key("csmSettings", .object(csmSettings), "The token for a service mesh."),
      Key("accessDeniedPageSettings", .object(accessDeniedPageSettings), "Where a 403 sends a person."),
      Key(
        "cookieDomain", .text, .notApplied("the gate's cookies are host-only"),
        "A warning says that it is not applied: the gate's cookies are host-only."),
      Key("attributePropagationSettings", .object(attributePropagationSettings), "Attributes passed on to the app."),
    ])

  static let csmSettings = google(
    "CsmSettings",
    [
      Key("rctokenAud", .text, .setting(.rctokenAudience), "The audience of the token for a service mesh.")
    ])

  static let accessDeniedPageSettings = google(
    "AccessDeniedPageSettings",
    [
      Key("accessDeniedPageUri", .text, .setting(.accessDeniedPageURI), "The page of a 403; an https URL."),
      Key(
        "generateTroubleshootingUri", .flag, .setting(.generateTroubleshootingURI),
        "Whether that page gets a link to the troubleshooter."),
      Key(
        "remediationTokenGenerationEnabled", .flag, .setting(.remediationTokenGeneration),
        "Whether that page gets a remediation token."),
    ])

  static let attributePropagationSettings = google(
    "AttributePropagationSettings",
    [
      Key("enable", .flag, .setting(.attributePropagationEnable), "Whether attributes are passed on."),
      Key(
        "expression", .text, .setting(.attributePropagationExpression),
        "Which attributes: what `filter`, `selectByName` and `append` name."),
      Key(
        "outputCredentials", .list(.oneOf(Propagation.Output.allCases.map(\.name))),
        .setting(.attributePropagationOutputs),
        "Where they are written."),
    ])

  /// A set whose keys come from a public API, which spells them in snake_case too.
  static func google(_ name: String, _ keys: [Key]) -> KeySet { KeySet(name, acceptsSnakeCase: true, keys) }
}
