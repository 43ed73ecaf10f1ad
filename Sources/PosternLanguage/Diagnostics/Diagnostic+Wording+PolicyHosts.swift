// The words for names on the network: hosts, domains, e-mail addresses, web addresses, routes and paths.

extension Diagnostic {
  // MARK: hosts, domains, addresses

  static func malformedDomain(_ text: String, _ fault: NameFault, at span: Span) -> Diagnostic {
    name(error: "malformed-domain", "domain", text, fault, at: span)
  }

  static func malformedEmail(_ text: String, _ fault: NameFault, at span: Span) -> Diagnostic {
    name(error: "malformed-email", "e-mail address", text, fault, at: span)
  }

  static func malformedHost(_ text: String, _ fault: NameFault, at span: Span) -> Diagnostic {
    name(error: "malformed-host", "host", text, fault, at: span)
  }

  /// One id for all names that are not ASCII: the reason, and the mistake, is the same.
  private static func name(error id: String, _ what: String, _ text: String, _ fault: NameFault, at span: Span)
    -> Diagnostic
  {
    if case .notASCII(let aLabels, let first) = fault { return nameNotASCII(text, aLabels, first, at: span) }
    let (why, help) = words(for: fault, what)
    return Diagnostic(error: id, "\(quoted(text)) is no \(what): \(why)", at: span, help: help)
  }

  private static func nameNotASCII(_ text: String, _ aLabels: String, _ first: Unicode.Scalar, at span: Span)
    -> Diagnostic
  {
    var character = "`\(first)` (\(codePoint(first.value)))"
    if let script = Script.name(of: first) { character += " is \(script)" } else { character += " is not ASCII" }
    if let latin = Script.lookAlike(of: first) { character += " and looks like the Latin `\(latin)`" }
    return Diagnostic(
      error: "name-not-ascii", "\(quoted(text)) is not ASCII: \(character)", at: span,
      help: aLabels.isEmpty
        ? "write it with ASCII letters" : "if that is the name that is meant, write its A-label: \(quoted(aLabels))")
  }

  private static func words(for fault: NameFault, _ what: String) -> (why: String, help: String?) {
    switch fault {
    case .empty: ("it is empty", nil)
    case .tooLong(let limit): ("it is longer than \(limit) bytes", nil)
    case .notASCII: ("it is not ASCII", nil)
    case .character(let scalar): ("\(shown(scalar)) cannot stand in it", nil)
    case .label(let label) where label.isEmpty: ("it has an empty part", "one dot stands between two parts")
    case .label(let label):
      ("\(quoted(label)) cannot be a part of it", "a part has 1 to 63 letters, digits and inner hyphens")
    case .singleLabel: ("it has only one part", "write it in full, as in `example.com`")
    case .atSignCount(0): ("it has no `@`", nil)
    case .atSignCount(let count): ("it has \(count) `@`", nil)
    case .emptyLocalPart: ("nothing stands before the `@`", nil)
    case .wildcard(let domain): ("`*` stands for nobody", "for everybody there write \(quoted("domain:" + domain))")
    case .deletedSuffix: ("`?uid=` belongs to a deleted account", "write `deleted:` before it, or remove it")
    }
  }

  static func shown(_ scalar: Unicode.Scalar) -> String {
    scalar.value < 0x20 || scalar.value == 0x7F ? escaped(scalar) : "`\(scalar)`"
  }

  static func malformedAddress(_ text: String, _ fault: AddressFault, at span: Span) -> Diagnostic {
    address(error: "malformed-url", "URL", text, fault, at: span)
  }

  static func malformedOrigin(_ text: String, _ fault: AddressFault, at span: Span) -> Diagnostic {
    address(error: "malformed-origin", "origin", text, fault, at: span)
  }

  static func address(
    error id: String, _ what: String, _ text: String, _ fault: AddressFault, at span: Span
  ) -> Diagnostic {
    let why: String
    switch fault {
    case .host(.notASCII(let aLabels, let first)): return nameNotASCII(text, aLabels, first, at: span)
    case .host(let fault): why = "its host is none: " + words(for: fault, "host").why
    case .scheme(let scheme): why = "it does not begin with `\(scheme)://`"
    case .port(let port): why = "\(quoted(port)) is no port"
    case .user: why = "a user before the host is not allowed"
    case .character(let scalar): why = "\(shown(scalar)) cannot stand in it"
    case .path: why = "an origin ends after the host and port"
    }
    return Diagnostic(
      error: id, "\(quoted(text)) is no \(what): \(why)", at: span,
      help: what == "origin" ? "write it as `https://portal.example.com`" : nil)
  }

  // MARK: routes and paths

  static func routeFault(_ fault: RouteFault, _ text: String, at span: Span) -> Diagnostic {
    switch fault {
    case .host(let fault): return malformedHost(text, fault, at: span)
    case .path(let fault): return pathFault(fault, text, at: span)
    case .scheme: return malformedRoute(text, "it has a scheme", "write host and path alone", at: span)
    case .port:
      return malformedRoute(text, "it has a port", "hosts are compared without their port: leave it out", at: span)
    case .wildcard:
      return malformedRoute(
        text, "`*` can only be the whole first part of the host",
        "`*.` stands for exactly one part, as in certificates",
        at: span)
    case .reserved:
      return routeNeverMatches(text, "paths below `/\(Route.reservedSegment)` are the gate's own", nil, at: span)
    }
  }

  private static func malformedRoute(_ text: String, _ why: String, _ help: String, at span: Span) -> Diagnostic {
    Diagnostic(error: "malformed-route", "\(quoted(text)) is no route: \(why)", at: span, help: help)
  }

  private static func routeNeverMatches(_ text: String, _ why: String, _ help: String?, at span: Span) -> Diagnostic {
    Diagnostic(error: "route-never-matches", "\(quoted(text)) can never match: \(why)", at: span, help: help)
  }

  static func pathFault(_ fault: PathFault, _ text: String, at span: Span) -> Diagnostic {
    let never: (String, String?) -> Diagnostic = { routeNeverMatches(text, $0, $1, at: span) }
    let notNormal: (String, String?) -> Diagnostic = {
      Diagnostic(
        error: "path-not-normal", "the path of \(quoted(text)) is not in normal form: \($0)", at: span, help: $1)
    }
    switch fault {
    case .noLeadingSlash: return notNormal("it does not begin with `/`", "write `/` first")
    case .tooLong(let limit): return never("no path has more than \(limit) bytes", nil)
    case .tooDeep(let limit):
      return Diagnostic(
        error: "route-too-deep", "the path of \(quoted(text)) has more than \(limit) segments", at: span)
    case .character(let scalar): return never("\(shown(scalar)) cannot stand in a path", nil)
    case .escape(let escape):
      return notNormal(
        "it holds the escape \(quoted(escape))",
        "write the character itself; `%2F` and `%25`, in capitals, stand where a route has `allowEscapes`")
    case .parameter: return never("a path's parameters, from `;` on, are dropped before it is compared", nil)
    case .wildcard: return never("`*` is no wildcard in a path", "a path covers all below it: leave the `*` out")
    case .emptySegment: return notNormal("it holds `//`", "write one `/`")
    case .dotSegment(let segment):
      return notNormal("it holds the segment \(quoted(segment))", "write the path that it leads to")
    }
  }

  static func duplicateRoute(_ text: String, at span: Span, first: Span) -> Diagnostic {
    Diagnostic(
      error: "duplicate-route", "the route \(quoted(text)) is here for the second time and can never match", at: span,
      help: "the same host and path lead to one app", notes: [Note(message: "the first is here", span: first)])
  }
}
