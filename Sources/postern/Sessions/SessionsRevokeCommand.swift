// `postern sessions revoke`: ends sessions on every node. Refuses to end more than was named, or anything that nobody has confirmed.

internal import ArgumentParser
internal import Glibc
internal import NIOHTTP1
internal import PosternCompiler
internal import PosternLanguage

struct SessionsRevokeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke",
    abstract: "Ends sessions, for good and on every node.",
    discussion: """
      Exactly one of --session, --person, --tenant, --client and --everyone. A person who is named as provider:subject need not be signed in: what was \
      begun before now, and comes later, is ended too. By e-mail address it is everybody who is signed in with it.

      EXAMPLES:
        postern sessions revoke --session 3xKf9a2QxYz1
        postern sessions revoke --person ann@example.com
        postern sessions revoke --tenant people:north --yes

      EXIT STATUS: 0 where it is ended, 2 where nobody is signed in as that, 1 where it could not be ended or was not confirmed.
      """)

  @OptionGroup var options: GateOptions

  @Option(help: ArgumentHelp("The key of a session or a login, or how it begins.", valueName: "key"))
  var session: String?

  @Option(help: ArgumentHelp("An e-mail address, or provider:subject.", valueName: "person"))
  var person: String?

  @Option(help: ArgumentHelp("Everybody of a tenant: provider:tenant.", valueName: "tenant"))
  var tenant: String?

  @Option(help: ArgumentHelp("All tokens of an OAuth client, of anybody.", valueName: "id"))
  var client: String?

  @Flag(help: "Everybody of every provider.")
  var everyone = false

  @Flag(name: [.customShort("y"), .long], help: "Ask for no confirmation.")
  var yes = false

  @Flag(help: "Say what was ended as JSON.")
  var json = false

  func validate() throws {
    let count = [session, person, tenant, client].count { $0 != nil } + (everyone ? 1 : 0)
    if count != 1 {
      throw ValidationError("name exactly one of --session, --person, --tenant, --client and --everyone")
    }
  }

  func run() throws {
    let plan = try plan()
    if plan.revocations.isEmpty {
      StandardError.write("nobody is signed in as that: nothing was ended\n")
      throw ExitStatus.notAllowed
    }
    if !yes { try confirm(plan) }
    for revocation in plan.revocations {
      _ = try options.gate.ask(.POST, "/revocations", body: Array(revocation.compactText.utf8))
    }
    let answer = JSONValue.object(["ended": .string(plan.what), "sessions": .integer(Int64(plan.sessionCount))])
    try StandardOutput.write(json ? answer.prettyText : "ended \(Wording.printable(plan.text))\n")
  }

  /// So many logins are named to posternd, which gives their refresh tokens back to the provider.
  private static let loginCount = 1_000

  /// What posternd is told to end, with the logins that are over then.
  private static func order(_ kind: String, _ value: JSONValue, _ logins: [SignedInLogin]) -> JSONValue {
    let keys = logins.prefix(loginCount).map { JSONValue.string($0.key) }
    return .object([JSONValue.Member(kind, value), JSONValue.Member("logins", .array(keys))])
  }

  /// What is to be ended.
  private struct Plan {
    var what: String
    var sessionCount: Int
    var revocations: [JSONValue]

    var text: String { "\(what): \(sessionCount) \(sessionCount == 1 ? "session" : "sessions") now" }
  }

  private func plan() throws -> Plan {
    if let session { return try plan(session: session) }
    if let person { return try plan(person: person) }
    if let tenant { return try plan(tenant: tenant) }
    let logins = try options.gate.logins([])
    if let client {
      let held = logins.filter { $0.client == client }
      return Plan(
        what: "the OAuth client \(client)", sessionCount: Self.sessionCount(held),
        revocations: [Self.order("client", .string(client), held)])
    }
    return Plan(
      what: "everybody", sessionCount: Self.sessionCount(logins),
      revocations: [Self.order("everyone", .bool(true), logins)])
  }

  private static func sessionCount(_ logins: [SignedInLogin]) -> Int { logins.reduce(0) { $0 + $1.sessions.count } }

  /// So many letters of a key are asked for: fewer name somebody by accident.
  private static let keyLetterCount = 8

  private func plan(session prefix: String) throws -> Plan {
    if prefix.count < Self.keyLetterCount {
      throw CommandFailure("'\(prefix)' is too short for a key: write at least \(Self.keyLetterCount) letters of it")
    }
    var found: [Plan] = []
    for login in try options.gate.logins([]) {
      if login.key.hasPrefix(prefix) {
        found.append(
          Plan(
            what: "the login of \(login.person)", sessionCount: login.sessions.count,
            revocations: [Self.order("login", .string(login.key), [login])]))
      }
      for session in login.sessions where session.key.hasPrefix(prefix) {
        found.append(
          Plan(
            what: "the session of \(login.person) at \(session.host)", sessionCount: 1,
            revocations: [Self.order("session", .string(session.key), [])]))
      }
    }
    if found.count > 1 { throw CommandFailure("\(found.count) keys begin with '\(prefix)': write more of it") }
    return found.first ?? Plan(what: "", sessionCount: 0, revocations: [])
  }

  private func plan(person text: String) throws -> Plan {
    let person = try NamedPerson(text)
    let logins = try options.gate.logins(person.filters)
    var people = Set(logins.map { [$0.provider, $0.subject] })
    if case .subject(let provider, let subject) = person { people = [[provider, subject]] }
    let names = people.sorted { $0.lexicographicallyPrecedes($1) }
    return Plan(
      what: names.map { $0.joined(separator: ":") }.joined(separator: ", "), sessionCount: Self.sessionCount(logins),
      revocations: names.map { name in
        Self.order(
          "person", .object(["provider": .string(name[0]), "subject": .string(name[1])]),
          logins.filter { $0.provider == name[0] && $0.subject == name[1] })
      })
  }

  private func plan(tenant text: String) throws -> Plan {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
      throw CommandFailure("'\(text)' names no tenant: write provider:tenant")
    }
    let logins = try options.gate.logins([("provider", parts[0]), ("tenant", parts[1])])
    return Plan(
      what: "everybody of \(text)", sessionCount: Self.sessionCount(logins),
      revocations: [
        Self.order("tenant", .object(["provider": .string(parts[0]), "tenant": .string(parts[1])]), logins)
      ])
  }

  private func confirm(_ plan: Plan) throws {
    guard isatty(STDIN_FILENO) == 1 else {
      throw CommandFailure("nobody can be asked whether this is meant: write --yes")
    }
    StandardError.write("End \(Wording.printable(plan.text))? [y/N] ")
    let answer = readLine()?.lowercased()
    if answer != "y" && answer != "yes" { throw CommandFailure("not confirmed: nothing was ended") }
  }
}
