// The keys of `kind: OAuthClients`.

extension KeySet {
  static let oauthClients = KeySet(
    "OAuthClients",
    [
      kind,
      Key(
        "sessionLength", .duration, required: true,
        "How long an authentication is good for, where a bound scope is granted: 1h to 336h (14 days)."),
      Key(
        "reauthentication", .oneOf(PolicyReader.oauthMethods),
        "What a first-party client's person does once the session length is past; `PASSWORD` unless set."),
      Key(
        "boundScopes", .list(.text), required: true,
        "The scopes that the session length binds: exact, or a prefix with one `*` behind it."),
      Key("liveTokens", .count, "The most live refresh tokens of a person and client; 100 unless set, 1 to 1000."),
      Key(
        "unusedTimeout", .duration,
        "A refresh token that nobody has used for so long is over; 4320h (180 days) unless set, 1h to 9600h."),
      Key("passwordChangeEnds", .list(.text), "Scopes, as above: a grant that holds one ends with a password change."),
      Key("clients", .list(.object(oauthClient)), required: true, "The clients that this document is about."),
    ])

  static let oauthClient = KeySet(
    "OAuthClient",
    [
      Key("id", .text, required: true, "Letters, digits, `.`, `_` and `-`, at most 128; unique in the tree."),
      Key("displayName", .text, required: true, "What people are shown."),
      Key(
        "party", .oneOf(PolicyReader.oauthParties), required: true,
        "Whose program it is: once the session length is past, `FIRST_PARTY` may re-authenticate."),
      Key("flows", .list(.oneOf(PolicyReader.oauthFlows)), "The ways to a first refresh token; both unless set."),
      Key(
        "redirectURIs", .list(.text),
        "Where codes may be sent, for `CODE`: https, or http of a loopback address without a port; at most 64."),
      Key("scopes", .list(.text), required: true, "The most that it may be granted, 1 to 64."),
      Key("apps", .list(.text), required: true, "Names of the apps that its access tokens are good for, 1 to 64."),
      Key("secret", .text, .secret, "Refused: secrets never stand in a policy tree."),
      Key("clientSecret", .text, .secret, "Refused: secrets never stand in a policy tree."),
      Key("client_secret", .text, .secret, "Refused: secrets never stand in a policy tree."),
    ])
}
