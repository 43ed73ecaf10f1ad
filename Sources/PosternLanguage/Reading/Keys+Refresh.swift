// The keys of refreshes in Test documents and request files: the facts of one refresh, and what is expected of it.

extension KeySet {
  static let refreshTestCase = KeySet(
    "RefreshTestCase",
    [
      Key("name", .text, required: true, "A sentence about what must be so."),
      Key("axes", .anything, "Makes a table of the case, as those of requests do."),
      Key("now", .time, "The instant of the decision; 2026-01-01T00:00:00Z unless set."),
      Key("refresh", .object(refresh), required: true, "What is known of the refresh."),
      Key("expect", .object(refreshExpectation), required: true, "The decision."),
    ])

  /// A request file about a refresh, as `postern eval --request` reads it too.
  package static let refreshFile = KeySet(
    "RefreshFile",
    [
      Key("now", .time, "The instant of the decision."),
      Key("refresh", .object(refresh), required: true, "What is known of the refresh."),
    ])

  private static let timeOrNone: Key.Shape = .either([.time, .oneOf(["none"])])

  static let refresh = KeySet(
    "Refresh",
    [
      Key("client", .text, required: true, "The OAuth client's id."),
      Key("scopes", .list(.text), "The scopes of the grant; none unless set."),
      Key("principalKind", .oneOf(["unknown", "user", "serviceAccount", "workforce"]), "`user` unless set."),
      Key("accountState", .oneOf(AccountStateNames.all), "`active` unless set."),
      Key("lastUsedAt", timeOrNone, "When the token was last used or issued; now unless set."),
      Key("authenticatedAt", timeOrNone, "The latest authentication of any strength; now unless set."),
      Key("securityKeyAt", timeOrNone, "The latest with a security key; none unless set."),
      Key("revoked", .flag, "Whether the grant or the token was revoked."),
      Key("reused", .flag, "Whether the token was used before."),
      Key("beyondLiveTokens", .flag, "Whether as many newer tokens of the person and client live as may."),
    ])

  static let refreshExpectation = KeySet(
    "RefreshExpectation",
    [
      Key("outcome", .oneOf(RefreshOutcome.allCases.map { "\($0)" }), required: true, "What the client is answered."),
      Key("reason", .oneOf(RefreshReason.allCases.map { "\($0)" }), "Why."),
      Key("method", .oneOf(PolicyReader.oauthMethods), "Of `reauthenticate`: what with."),
      Key("validUntil", .time, "Until when an allowed refresh holds."),
    ])
}
