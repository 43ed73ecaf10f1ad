// The words for what is wrong with OAuth clients: ids, scopes, addresses, limits.

extension Diagnostic {
  static func badClientID(_ text: String, at span: Span) -> Diagnostic {
    Diagnostic(
      error: "bad-name", "\(quoted(text)) cannot be the id of an OAuth client", at: span,
      help: "write letters, digits, `.`, `_` and `-`, all ASCII, at most \(PolicyReader.clientIDByteLimit)")
  }

  static func countOutOfRange(_ range: ClosedRange<UInt32>, at span: Span) -> Diagnostic {
    Diagnostic(
      error: "out-of-range", "this must be \(range.lowerBound) to \(range.upperBound)", at: span)
  }

  static func tooManyOfClient(_ key: String, limit: Int, at span: Span) -> Diagnostic {
    Diagnostic(
      error: "too-many", "\(quoted(key)) of an OAuth client has at most \(limit), and this is one more", at: span)
  }

  // MARK: apps

  static func clientNotAccepted(_ id: String, app: String, at span: Span, appSpan: Span) -> Diagnostic {
    Diagnostic(
      warning: "client-not-accepted", "the app \(quoted(app)) does not take tokens of \(quoted(id))", at: span,
      help: "list the client's id in the app's `programmaticClients`, or leave the app out",
      notes: [Note(message: "the app is here", span: appSpan)])
  }

  static func entryWithoutApp(_ id: String, at span: Span, clientSpan: Span) -> Diagnostic {
    Diagnostic(
      warning: "client-not-accepted", "the OAuth client \(quoted(id)) has no token for what takes it here", at: span,
      help: "add the app to the client's `apps`, or leave the client out",
      notes: [Note(message: "the client is here", span: clientSpan)])
  }

  // MARK: scopes

  static func malformedScope(_ text: String, _ bad: Unicode.Scalar, at span: Span) -> Diagnostic {
    Diagnostic(
      error: "malformed-scope", "\(quoted(text)) is no scope: \(shown(bad)) cannot stand in it", at: span,
      help: "write one scope an entry, in ASCII, without spaces, quotes and backslashes (RFC 6749, 3.3)")
  }

  static func malformedScopePattern(_ text: String, at span: Span) -> Diagnostic {
    Diagnostic(
      error: "malformed-scope", "\(quoted(text)) has a `*` that does not end it", at: span,
      help: "write a whole scope, or a prefix with one `*` behind it")
  }

  static func patternAsScope(_ text: String, at span: Span) -> Diagnostic {
    Diagnostic(
      error: "malformed-scope", "the scope \(quoted(text)) of a client has a `*`, and clients have whole scopes",
      at: span,
      help: "list the scopes; patterns stand in `boundScopes` and `passwordChangeEnds`")
  }

  static func unusedScopePattern(_ text: String, at span: Span) -> Diagnostic {
    Diagnostic(
      warning: "scope-pattern-unused", "no client of this document has a scope that \(quoted(text)) stands for",
      at: span,
      help: "correct it, or leave it out")
  }

  // MARK: redirect URIs

  static func malformedRedirect(_ text: String, _ fault: AddressFault, at span: Span) -> Diagnostic {
    address(error: "malformed-redirect", "redirect URI", text, fault, at: span)
  }

  static func redirectOverHTTP(_ text: String, at span: Span) -> Diagnostic {
    Diagnostic(
      error: "malformed-redirect", "\(quoted(text)) would send codes over http to another machine, or to a name",
      at: span, help: "write https; http is for `127.0.0.1` and `[::1]` alone")
  }

  static func redirectWithPort(_ text: String, at span: Span) -> Diagnostic {
    Diagnostic(
      error: "malformed-redirect", "\(quoted(text)) names a port of a loopback address", at: span,
      help: "leave the port out: a client on this machine listens on any that is free")
  }
}
