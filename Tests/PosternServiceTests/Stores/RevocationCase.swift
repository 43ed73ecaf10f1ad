// A world of logins that differ in one thing each, and what every kind of revocation ends of it, written by hand.

import Testing

@testable import PosternService

/// A revocation with what it ends of `RevocationCase.world`.
struct RevocationCase: CustomTestStringConvertible {
  let name: String
  let revocation: Revocation
  let ended: Set<String>

  var testDescription: String { name }

  /// Each has one session.
  static let world: [(name: String, login: Login)] = [
    ("ann", Kept.login(browser: "one", providerSession: "s1")),
    ("annElsewhere", Kept.login(browser: "two", providerSession: "s2")),
    ("annOfNorth", Kept.login(tenant: "north", browser: "three")),
    ("dan", Kept.login(subject: "dan", browser: "one")),
    ("danOfNorth", Kept.login(subject: "dan", tenant: "north", browser: "four", client: "reader")),
    ("stranger", Kept.login(provider: "others", tenant: "north", browser: "five", providerSession: "s1")),
  ]

  static var names: [String] { world.map(\.name) }

  /// The logins and sessions of `names`.
  private static func all(_ names: String...) -> Set<String> { Set(names.flatMap { [$0, "\($0)/session"] }) }

  static let all: [RevocationCase] = [
    RevocationCase(name: "session", revocation: .session(Kept.key("ann/session")), ended: ["ann/session"]),
    RevocationCase(name: "login", revocation: .login(Kept.key("ann")), ended: all("ann")),
    RevocationCase(name: "browser", revocation: .browser("one"), ended: all("ann", "dan")),
    RevocationCase(
      name: "provider's session", revocation: .providerSession(provider: "people", session: "s1"), ended: all("ann")),
    RevocationCase(
      name: "person", revocation: .person(provider: "people", subject: "ann", tenant: nil),
      ended: all("ann", "annElsewhere", "annOfNorth")),
    RevocationCase(
      name: "person of a tenant", revocation: .person(provider: "people", subject: "ann", tenant: "north"),
      ended: all("annOfNorth")),
    RevocationCase(
      name: "tenant", revocation: .tenant(provider: "people", tenant: "north"), ended: all("annOfNorth", "danOfNorth")),
    RevocationCase(
      name: "client", revocation: .client("reader"), ended: all("danOfNorth")),
    RevocationCase(
      name: "everyone", revocation: .everyone,
      ended: all("ann", "annElsewhere", "annOfNorth", "dan", "danOfNorth", "stranger")),
  ]
}
