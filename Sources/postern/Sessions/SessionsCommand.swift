// `postern sessions`: who is signed in at a running gate, and the end of it.

internal import ArgumentParser
internal import NIOHTTP1
internal import PosternCompiler
internal import PosternLanguage

struct SessionsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sessions",
    abstract: "Lists and ends the sessions of a running gate.",
    discussion: """
      posternd is asked on the Unix socket of its setting admin.socket, which only its owner and root may open. What is ended is ended \
      on every node.

      EXAMPLES:
        postern sessions list --person ann@example.com
        postern sessions list --host payroll.example.com --json
        postern sessions revoke --session 3xKf9a2QxYz1
        postern sessions revoke --person ann@example.com --yes
        postern sessions revoke --everyone
      """,
    subcommands: [SessionsListCommand.self, SessionsRevokeCommand.self])
}

/// Which gate is asked.
struct GateOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The administration socket of posternd.", valueName: "path"))
  var socket = "/var/lib/postern/admin.sock"

  var gate: GateSocket { GateSocket(path: socket) }
}

/// Whom an argument names: `ann@example.com`, or `provider:subject`.
enum NamedPerson {
  case email(String)
  case subject(provider: String, subject: String)

  init(_ text: String) throws {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    if parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty {
      self = .subject(provider: parts[0], subject: parts[1])
    } else if parts.count == 1, text.contains("@") {
      self = .email(text)
    } else {
      throw CommandFailure("'\(text)' names nobody: write an e-mail address, or provider:subject")
    }
  }

  /// The filters that let nobody else through.
  var filters: [(String, String)] {
    switch self {
    case .email(let email): [("email", email)]
    case .subject(let provider, let subject): [("provider", provider), ("subject", subject)]
    }
  }
}

extension GateSocket {
  /// Pages through all logins that the filters let through, until `see` has seen enough.
  func eachPage(_ filters: [(String, String)], _ see: ([SignedInLogin]) throws -> Bool) throws {
    var cursor: String?
    repeat {
      let parameters = filters + (cursor.map { [("cursor", $0)] } ?? [])
      let query = parameters.map { "\($0.0)=\(Self.percentEncoded($0.1))" }.joined(separator: "&")
      let page = try LoginPage(ask(.GET, "/logins?\(query)"))
      if try !see(page.logins) { return }
      cursor = page.next
    } while cursor != nil
  }

  func logins(_ filters: [(String, String)]) throws -> [SignedInLogin] {
    var logins: [SignedInLogin] = []
    var keys: Set<String> = []
    try eachPage(filters) { page in
      logins += page.filter { keys.insert($0.key).inserted }
      return true
    }
    return logins
  }

  private static func percentEncoded(_ text: String) -> String {
    text.utf8.map { byte in
      let scalar = Unicode.Scalar(byte)
      let isPlain = byte < 0x80 && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
      return isPlain ? String(scalar) : "%" + Wording.hexadecimal([byte])
    }.joined()
  }
}

struct SessionsListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Lists who is signed in, with the sessions of each login.",
    discussion: """
      A row is a session of one host, or a login that has none. `created` is when the provider authenticated the person, from which every \
      timeout counts; `last seen` is for each app. --json has whole keys, and all that stands in the table.

      EXAMPLES:
        postern sessions list
        postern sessions list --person people:4711
        postern sessions list --provider people --tenant north --app payroll --json
      """)

  @OptionGroup var options: GateOptions

  @Option(help: ArgumentHelp("An e-mail address, or provider:subject.", valueName: "person"))
  var person: String?

  @Option(help: ArgumentHelp("Logins of this provider alone.", valueName: "name"))
  var provider: String?

  @Option(help: ArgumentHelp("Logins of this tenant alone.", valueName: "tenant"))
  var tenant: String?

  @Option(help: ArgumentHelp("Sessions of this host alone.", valueName: "host"))
  var host: String?

  @Option(help: ArgumentHelp("Sessions that were used in this app alone.", valueName: "name"))
  var app: String?

  @Option(help: ArgumentHelp("So many logins at most.", valueName: "count"))
  var limit = 1_000

  @Flag(help: "Print the logins as JSON.")
  var json = false

  func validate() throws {
    if limit < 1 { throw ValidationError("--limit is a number from 1 on") }
    if person.map({ $0.contains(":") }) == true && provider != nil {
      throw ValidationError("--person names a provider already: leave out --provider")
    }
  }

  func run() throws {
    var filters = try person.map { try NamedPerson($0).filters } ?? []
    for (name, value) in [("provider", provider), ("tenant", tenant), ("host", host), ("app", app)] {
      if let value { filters.append((name, value)) }
    }
    var logins: [SignedInLogin] = []
    // One more than is shown says that there are more.
    try options.gate.eachPage(filters) { page in
      logins += page
      return logins.count <= limit
    }
    let isCut = logins.count > limit
    logins = Array(logins.prefix(limit))
    if json {
      let answer = JSONValue.object(["logins": .array(logins.map(\.json)), "complete": .bool(!isCut)])
      return try StandardOutput.write(answer.prettyText)
    }
    if logins.isEmpty { return try StandardOutput.write("nobody is signed in\n") }
    let head = ["key", "person", "tenant", "host", "created", "last seen", "account"]
    try StandardOutput.write(Wording.lines(Inspection.table([head] + logins.flatMap(\.rows), indentation: "")))
    if isCut { StandardError.write("there are more: raise --limit, or say whose\n") }
  }
}
