// The request file that flags stand for. Refuses flags that name no header or no strength; what a value must be is the
// reader's business, whose messages show the line of this file.

internal import ArgumentParser
internal import PosternLanguage

/// The keys that flags set, in the order of a request file.
struct RequestDocument {
  private typealias Entry = (key: String, value: JSONValue?)

  private var request: [JSONValue.Member] = []
  private var credential: [JSONValue.Member] = []
  private let now: String?

  var isEmpty: Bool { request.isEmpty && credential.isEmpty }
  var hasCredential: Bool { !credential.isEmpty }

  init(_ options: RequestOptions) throws {
    now = options.at
    request = Self.members([
      ("url", options.url.map { .string($0) }), ("method", options.method.map { .string($0) }),
      ("headers", try Self.headers(options.header)),
    ])
    credential = Self.members(Self.words(options) + Self.ages(options)) + (try Self.authentications(options.authAge))
  }

  /// The text of the file.
  var text: String {
    JSONValue.object([
      "now": now.map { .string($0) }, "request": .object(request),
      "credential": credential.isEmpty ? nil : .object(credential),
    ]).prettyText
  }

  private static func members(_ entries: [Entry]) -> [JSONValue.Member] {
    entries.compactMap { entry in entry.value.map { JSONValue.Member(entry.key, $0) } }
  }

  private static func words(_ options: RequestOptions) -> [Entry] {
    let texts: [(String, String?)] = [
      ("as", options.principal), ("kind", options.bearer ? "bearer" : nil), ("provider", options.provider),
      ("hostedDomain", options.hostedDomain), ("tenant", options.tenant), ("audience", options.audience),
      ("authorizedParty", options.authorizedParty), ("accountState", options.accountState),
    ]
    let groups = options.groups.map { list in
      JSONValue.array(list.split(separator: ",").map { .string(String($0)) })
    }
    return texts.map { ($0.0, $0.1.map { .string($0) }) } + [
      ("groups", groups), ("groupsComplete", options.groupsIncomplete ? false : nil),
      ("stateSourceDown", options.stateSourceDown ? true : nil), ("storeDown", options.storeDown ? true : nil),
    ]
  }

  /// A login is the start of a session and an authentication: its age is both.
  private static func ages(_ options: RequestOptions) -> [Entry] {
    [
      ("createdAt", ago(options.sessionAge)), ("loginAt", ago(options.sessionAge)), ("lastSeenAt", ago(options.idle)),
      ("stateCheckedAt", ago(options.stateAge)), ("issuedAt", ago(options.tokenAge)),
      ("expiresAt", options.expiresIn.map { .string($0 == "none" ? $0 : "in " + $0) }),
    ]
  }

  private static func ago(_ duration: String?) -> JSONValue? {
    duration.map { .string($0 == "none" ? $0 : $0 + " ago") }
  }

  private static let strengths = [
    "login": "loginAt", "enrolledSecondFactors": "secondFactorAt", "secureKey": "securityKeyAt",
  ]

  private static func authentications(_ ages: [String]) throws -> [JSONValue.Member] {
    try ages.map { text in
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2, let key = strengths[parts[0]], let value = ago(parts[1]) else {
        throw ValidationError(
          "--auth-age takes login=, enrolledSecondFactors= or secureKey= and a duration, not '\(text)'")
      }
      return JSONValue.Member(key, value)
    }
  }

  /// Several lines of one header are joined with `,` (docs/decision.md, "Facts").
  private static func headers(_ lines: [String]) throws -> JSONValue? {
    var members: [JSONValue.Member] = []
    for line in lines {
      guard let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")) else {
        throw ValidationError("--header takes 'Name: value', not '\(line)'")
      }
      let name = line[..<colon].lowercased()
      let value = String(line[line.utf8.index(after: colon)...].drop { $0 == " " || $0 == "\t" })
      if let index = members.firstIndex(where: { $0.name == name }), case .string(let first) = members[index].value {
        members[index].value = .string(first + "," + value)
      } else {
        members.append(JSONValue.Member(name, .string(value)))
      }
    }
    return members.isEmpty ? nil : .object(members)
  }
}
