// The keys of Test documents and of request files: the facts of one decision as people write them, and what is
// expected.

extension KeySet {
  static let test = KeySet(
    "Test",
    [
      Key("kind", .text, required: true, "What this document is."),
      Key("tests", .list(.object(testCase)), "Requests and the decisions that they must get."),
      Key(
        "refreshes", .list(.object(refreshTestCase)), "Refreshes of OAuth clients, likewise; one of both must stand."),
    ])

  static let testCase = KeySet(
    "TestCase",
    [
      Key("name", .text, required: true, "A sentence about what must be so."),
      Key(
        "axes", .anything,
        "Makes a table of the case: names with lists of texts, or of rows of texts. Every combination is one case, with its "
          + "values in place of `${name}` and `${name.key}`."),
      Key("now", .time, "The instant of the decision; 2026-01-01T00:00:00Z unless set."),
      Key("request", .object(request), required: true, "What is asked."),
      Key("credential", .object(credential), "Who asks; nobody unless set."),
      Key("expect", .object(expectation), required: true, "The decision."),
    ])

  /// A request file, as `postern eval --request` reads it: a test case without a name and an expectation. A line of a decision
  /// log is one, with what was decided.
  package static let requestFile = KeySet(
    "RequestFile",
    [
      Key("now", .time, "The instant of the decision."),
      Key("request", .object(request), required: true, "What is asked."),
      Key("credential", .object(credential), "Who asks; nobody unless set."),
      Key("decision", .object(expectation), "In a decision log, what was decided; nothing else reads it."),
    ])

  static let request = KeySet(
    "Request",
    [
      Key("method", .text, "`GET` unless set."),
      Key("url", .text, "Scheme, host, path and query in one; instead of those four."),
      Key("scheme", .text, "`https` unless set."),
      Key("host", .text, "The Host header."),
      Key("path", .text, "The raw path, without the query."),
      Key("query", .text, "The raw query, without the `?`."),
      Key("clientAddress", .text, "The client's IP address."),
      Key("regionCode", .text, "The region that the client's address is in."),
      Key("destinationAddress", .text, "The IP address that the request was sent to."),
      Key("destinationPort", .count, "The port that the request was sent to."),
      Key("headers", .object(headers), "The request's headers; those that steer a decision are named here."),
    ])

  static let headers = KeySet(
    "Headers", ignoresCase: true, isOpen: true,
    [
      Key("x-requested-with", .text, "`XMLHttpRequest` says that a script asks."),
      Key("sec-fetch-mode", .text, "Fetch metadata."),
      Key("sec-fetch-dest", .text, "Fetch metadata."),
      Key("sec-fetch-site", .text, "Fetch metadata."),
      Key("sec-purpose", .text, "`prefetch` says that nobody looks yet."),
      Key("accept", .text, "Media types that the client takes."),
      Key("upgrade", .text, "`websocket` asks for a WebSocket."),
      Key("origin", .text, "Where a script comes from."),
      Key("access-control-request-method", .text, "Of a preflight."),
    ])

  static let credential = KeySet(
    "Credential",
    [
      Key(
        "as", .text,
        "`user:`, `serviceAccount:` or a pool's subject: somebody who has just logged in, verified, active, with all "
          + "groups known, whose device was looked at just now. What stands beside it replaces that; `none` takes a time "
          + "away."),
      Key("kind", .oneOf(["none", "session", "bearer"]), "`session` unless set."),
      Key("principalKind", .oneOf(["unknown", "user", "serviceAccount", "workforce"]), "What the principal is."),
      Key("accountState", .oneOf(AccountStateNames.all), "What the provider says of the account."),
      Key("provider", .text, "The login provider's name in the policy."),
      Key("subject", .text, "Who it is, to the provider."),
      Key("email", .text, "The e-mail address."),
      Key("emailVerified", .flag, "Whether the provider vouches for it."),
      Key("hostedDomain", .text, "The domain that the account belongs to."),
      Key("tenant", .text, "The Identity Platform tenant."),
      Key("groups", .list(.text), "The groups' addresses."),
      Key("groupsComplete", .flag, "Whether those are all groups."),
      Key("claims", .anything, "Other claims, by name."),
      Key("device", .anything, "What is known of the device, by the attribute's name without `device.`."),
      Key("audience", .text, "Whom a bearer is for."),
      Key("authorizedParty", .text, "Who obtained it."),
      Key("stateSourceDown", .flag, "Whether the provider cannot be asked."),
      Key("storeDown", .flag, "Whether the session store cannot be asked."),
      Key("createdAt", optionalTime, "When the provider authenticated the person."),
      Key("lastSeenAt", optionalTime, "The last activity of this session in this app."),
      Key("stateCheckedAt", optionalTime, "When the account's state was last asked for."),
      Key("issuedAt", optionalTime, "The token's."),
      Key("notBefore", optionalTime, "The token's."),
      Key("expiresAt", optionalTime, "The token's."),
      Key("loginAt", optionalTime, "The latest authentication by login."),
      Key("secondFactorAt", optionalTime, "The latest by enrolled second factors."),
      Key("securityKeyAt", optionalTime, "The latest by a security key."),
      Key("deviceCheckedAt", optionalTime, "When `device` was looked at."),
    ])

  /// `none` takes away what `as` gives.
  private static let optionalTime: Key.Shape = .either([.time, .oneOf(["none"])])

  static let expectation = KeySet(
    "Expectation",
    [
      Key("verdict", .oneOf(Verdict.allCases.map { "\($0)" }), required: true, "The verdict."),
      Key("reason", .oneOf(Reason.allCases.map { "\($0)" }), "Why."),
      Key("mode", .oneOf(Mode.allCases.map { "\($0)" }), "Of `handle`: the mode."),
      Key("clock", .oneOf(Clock.allCases.map { "\($0)" }), "The clock that fired, or that bounds an `allow`."),
      Key("app", .text, "The app's name."),
      Key("touch", .flag, "Whether the request is activity."),
      Key("validUntil", .either([.time, .oneOf(["unbounded"])]), "Until when an `allow` holds."),
    ])
}

/// The names of `Credential.AccountState`.
enum AccountStateNames {
  static let all = Credential.AccountState.allCases.map { "\($0)" }
}
