// What each reason means, in a sentence: the words of docs/decision.md, "Order". A test asks each of them to be there.

public import PosternLanguage

extension Reason {
  /// The reason for people: lower case, no full stop.
  public var sentence: String { Self.sentences[self] ?? "\(self)" }

  static let sentences: [Reason: String] = [
    .undecided: "nothing was decided, which forbids",
    .malformedRequest: "the method, host, path, query or a header of the request is malformed",
    .staleResolution: "the identity was not resolved against this bundle",
    .identityTooLarge: "the identity matches more members of the policy than can be held",
    .unknownHost: "no route names this host",
    .ambiguousPath: "the path leads to different apps, depending on how it is read",
    .noRoute: "the host is known, but no route leads to this path",
    .domainNotAllowed: "the identity's domain is not among the app's allowed domains",
    .denied: "a deny rule holds this identity",
    .groupsUnknown: "the identity's groups are not all known, and a deny rule names a group",
    .conditionFalse: "the conditions of all bindings that hold this identity are false",
    .conditionError: "a condition could not be evaluated",
    .noBinding: "no binding holds this identity",
    .granted: "a binding holds this identity",
    .publicAccess: "the app is open to everyone",
    .corsOptions: "the app lets OPTIONS requests through",
    .modeRequested: "the request asks for a page of the gate",
    .noCredential: "there is no credential",
    .programmaticAccessDisabled: "the app names no programmatic clients",
    .audienceMismatch: "the bearer token is for another audience",
    .authorizedPartyMismatch: "the bearer token was issued to a client that the app does not name",
    .providerMismatch: "the app does not take this login provider",
    .tenantMismatch: "the app does not take this tenant of the login provider",
    .clockSkew: "a time fact lies further ahead than the clock skew",
    .factMissing: "a fact is missing that a limit in force needs",
    .signedOut: "the account was signed out",
    .suspended: "the account is suspended",
    .passwordResetRequired: "the account must reset its password",
    .credentialChanged: "the account's credential has changed since",
    .stateStale: "the account's state was checked too long ago, or is not known",
    .tokenNotYetValid: "the bearer token is not valid yet",
    .tokenExpired: "the token has expired",
    .tokenTooOld: "the bearer token was issued too long ago",
    .absoluteTimeout: "the session has reached its absolute timeout",
    .idleTimeout: "the session was idle for too long",
    .reauthenticationRequired: "no recent authentication is strong enough",
  ]
}
