// The words for who has access: members, roles, conditions, deny rules, groups, and the providers that vouch for
// people.

extension Diagnostic {
  // MARK: members

  static func memberFault(_ fault: MemberFault, _ text: String, at span: Span) -> Diagnostic {
    switch fault {
    case .email(let fault): malformedEmail(text, fault, at: span)
    case .domain(let fault): malformedDomain(text, fault, at: span)
    case .principal(let why):
      Diagnostic(error: "malformed-principal", "\(quoted(text)) is nobody that the gate knows: \(why)", at: span)
    case .unknownKind:
      Diagnostic(
        error: "unknown-member", "\(quoted(text)) is no member", at: span, help: helpWithMember(text))
    }
  }

  private static func helpWithMember(_ text: String) -> String {
    guard text.utf8.contains(UInt8(ascii: ":")) else {
      return text.utf8.contains(UInt8(ascii: "@"))
        ? "say what it is: \(alternatives(["user:" + text, "group:" + text]))"
        : "a member is or begins with \(alternatives(Member.knownKinds))"
    }
    let kind = text.prefix { $0 != ":" } + ":"
    return NearestName.of(String(kind), among: Member.knownKinds).map { "did you mean \(quoted($0))?" }
      ?? "a member is or begins with \(alternatives(Member.knownKinds))"
  }

  static func memberNotAllowed(_ text: String, _ why: String, at span: Span) -> Diagnostic {
    Diagnostic(error: "member-not-allowed", "\(quoted(text)) cannot stand here: \(why)", at: span)
  }

  static func deletedMember(_ text: String, at span: Span) -> Diagnostic {
    Diagnostic(
      warning: "deleted-member", "\(quoted(text)) matches nobody", at: span,
      help: "remove it; an account made again under the old name is not meant by it")
  }

  static func duplicateMember(_ text: String, at span: Span, first: Span) -> Diagnostic {
    Diagnostic(
      warning: "duplicate-member", "\(quoted(text)) is in this list for the second time", at: span,
      notes: [Note(message: "the first is here", span: first)])
  }

  static func undeclaredDomain(_ domain: String, member: String, at span: Span) -> Diagnostic {
    Diagnostic(
      warning: "undeclared-domain", "\(quoted(member)) matches nobody: no login provider declares \(quoted(domain))",
      at: span, help: "add the domain to the `domains` of the provider that vouches for its people")
  }

  // MARK: roles and conditions

  static func roleGrantsNothing(_ role: String, at span: Span) -> Diagnostic {
    Diagnostic(
      warning: "role-grants-nothing", "\(quoted(role)) grants nothing here", at: span,
      help: NearestName.of(role, among: [PolicyReader.accessRole]).map { "did you mean \(quoted($0))?" }
        ?? "access comes from `\(PolicyReader.accessRole)` and from the organization's `accessRoles`")
  }

  static func malformedRole(_ role: String, at span: Span) -> Diagnostic {
    Diagnostic(
      error: "malformed-role", "\(quoted(role)) is no custom role", at: span,
      help: "write `organizations/NUMBER/roles/NAME` or `projects/PROJECT/roles/NAME`")
  }

  static func conditionWithoutTitle(at span: Span) -> Diagnostic {
    Diagnostic(error: "condition-without-title", "IAM asks for a `title` of each condition", at: span)
  }

  static func conditionNotAllowed(_ text: String, at span: Span) -> Diagnostic {
    Diagnostic(
      error: "condition-not-allowed", "IAM allows no condition on \(quoted(text))", at: span,
      help: "move it to a binding without a condition, or name a narrower member or role")
  }

  static func conditionWithoutEffect(_ member: String, at span: Span, unconditional: Span) -> Diagnostic {
    Diagnostic(
      warning: "condition-without-effect", "\(quoted(member)) has this role without a condition too", at: span,
      help: "remove one of the two: the condition changes nothing",
      notes: [Note(message: "the role without a condition is here", span: unconditional)])
  }

  static func portabilityLimit(_ what: String, at span: Span) -> Diagnostic {
    Diagnostic(
      warning: "portability-limit", what, at: span, help: "it holds here; Google Cloud would refuse the policy")
  }

  // MARK: deny rules

  static func denyRuleWithoutEffect(at span: Span, exception: String?) -> Diagnostic {
    Diagnostic(
      error: "deny-rule-without-effect",
      exception.map { "the exception \(quoted($0)) leaves the rule without effect here" }
        ?? "the rule does not cover access through the gate", at: span,
      help:
        "the permission is `iap.googleapis.com/webServiceVersions.accessViaIAP`; a rule about others has no place here")
  }

  // MARK: groups

  static func groupRing(_ member: String, at span: Span, notes: [Note]) -> Diagnostic {
    Diagnostic(
      error: "group-ring", "\(quoted(member)) contains itself", at: span, help: "take one of the links out",
      notes: notes)
  }

  // MARK: providers

  static func providersNotStated(app: String, known: [String], at span: Span) -> Diagnostic {
    Diagnostic(
      error: "providers-not-stated", "the app \(quoted(app)) does not say which login providers it takes", at: span,
      help: "the organization has several: write `providers` here or on a folder above, from \(alternatives(known))")
  }

  static func providersDifferOnHost(_ host: String, app: String, other: String, at span: Span, first: Span)
    -> Diagnostic
  {
    Diagnostic(
      error: "providers-differ-on-host",
      "\(quoted(app)) and \(quoted(other)) share the host \(quoted(host)) but not their login providers", at: span,
      help: "one session serves a host: give both the same `providers`, or one of them another host",
      notes: [Note(message: "the other app is here", span: first)])
  }

  static func keyOfOtherSource(_ key: String, needs: String, has: String, at span: Span) -> Diagnostic {
    Diagnostic(
      error: "key-of-other-source",
      "\(quoted(key)) belongs to a provider of source \(quoted(needs)), not \(quoted(has))",
      at: span)
  }

  static func sharedDomain(_ domain: String, at span: Span, first: Span) -> Diagnostic {
    Diagnostic(
      warning: "shared-domain", "two login providers may speak for \(quoted(domain))", at: span,
      help: "either can then vouch for anybody there: keep the domain at one, unless that is meant",
      notes: [Note(message: "the other declares it here", span: first)])
  }

  static func malformedTenant(_ text: String, isAlone: Bool, at span: Span) -> Diagnostic {
    Diagnostic(
      error: "malformed-tenant",
      isAlone ? "\(quoted(text)) is no tenant" : "\(quoted(text)) cannot stand among tenants", at: span,
      help: "list tenants that start with a digit, or exactly one `_` and a project number")
  }

  static func malformedPool(_ text: String, at span: Span) -> Diagnostic {
    Diagnostic(
      error: "malformed-pool", "\(quoted(text)) is no workforce pool", at: span,
      help: "a pool's name has lower case letters, digits and hyphens")
  }
}
