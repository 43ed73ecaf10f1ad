// A member's text as IAM writes it, parsed: `decision.md`, "Who a member means". Refuses unknown kinds, malformed
// names, and principals that no fact of a credential could ever match.

/// What is wrong with a member's text.
enum MemberFault: Error, Equatable {
  /// Neither a kind of member that is known, nor one of the two public ones.
  case unknownKind
  case email(NameFault)
  case domain(NameFault)
  /// `principal://` or `principalSet://` of a shape that nobody can match, and why.
  case principal(String)
}

extension Member {
  /// The kinds that a colon sets off from their value.
  private static let kinds: [(prefix: String, parse: @Sendable (String) throws(MemberFault) -> Member)] = [
    ("user:", { text throws(MemberFault) in .user(email: try email(text)) }),
    ("serviceAccount:", { text throws(MemberFault) in .serviceAccount(email: try email(text)) }),
    ("group:", { text throws(MemberFault) in .group(email: try email(text)) }),
    ("domain:", { text throws(MemberFault) in .domain(try domain(text)) }),
    ("principal://", { text throws(MemberFault) in try principal(text) }),
    ("principalSet://", { text throws(MemberFault) in try principalSet(text) }),
    ("deleted:", { text throws(MemberFault) in .deleted(text) }),
  ]

  /// The texts that members may begin with, for a help text.
  static var knownKinds: [String] { ["allUsers", "allAuthenticatedUsers"] + kinds.map(\.prefix) }

  /// The member that a text names, in any of its spellings; nil where it names none.
  package init?(_ text: String) {
    guard let member = try? Member(parsing: text) else { return nil }
    self = member
  }

  init(parsing text: String) throws(MemberFault) {
    for kind in Self.kinds where text.utf8.starts(with: kind.prefix.utf8) {
      self = try kind.parse(String(text.utf8.dropFirst(kind.prefix.utf8.count)) ?? "")
      return
    }
    switch text {
    case "allUsers": self = .allUsers
    case "allAuthenticatedUsers": self = .allAuthenticatedUsers
    default: throw .unknownKind
    }
  }

  private static func email(_ text: String) throws(MemberFault) -> String {
    do { return try HostName.email(text) } catch { throw .email(error) }
  }

  private static func domain(_ text: String) throws(MemberFault) -> String {
    do { return try HostName.domain(text) } catch { throw .domain(error) }
  }

  // MARK: principals

  private static let poolPath = "iam.googleapis.com/locations/global/workforcePools/"
  private static let serviceAccountPath = "iam.googleapis.com/projects/-/serviceAccounts/"

  private static func principal(_ text: String) throws(MemberFault) -> Member {
    if let subject = text.after("goog/subject/") { return .user(email: try email(subject)) }
    if let address = text.after(serviceAccountPath) { return .serviceAccount(email: try email(address)) }
    let (pool, rest) = try poolParts(text)
    guard let subject = rest.after("subject/"), !subject.isEmpty else {
      throw .principal("a principal of a workforce pool ends in `/subject/` and the subject")
    }
    return .poolSubject(pool: pool, subject: subject)
  }

  private static func principalSet(_ text: String) throws(MemberFault) -> Member {
    if text == "goog/public:all" { return .allUsers }
    if let group = text.after("goog/group/") { return .group(email: try email(group)) }
    if text.after("goog/cloudIdentityCustomerId/") != nil {
      throw .principal("a customer's number is not known to the gate; name the customer's `domain:`")
    }
    let (pool, rest) = try poolParts(text)
    if rest == "*" { return .pool(pool) }
    if let group = rest.after("group/"), !group.isEmpty { return .poolGroup(pool: pool, group: group) }
    if let attribute = rest.after("attribute."), let slash = attribute.utf8.firstIndex(of: UInt8(ascii: "/")) {
      let name = String(attribute[..<slash])
      let value = String(attribute[attribute.utf8.index(after: slash)...])
      if !name.isEmpty && !value.isEmpty { return .poolAttribute(pool: pool, name: name, value: value) }
    }
    throw .principal("a set of a workforce pool ends in `/group/` and the group, `/attribute.` NAME `/` VALUE, or `/*`")
  }

  /// The pool's name and what follows it.
  private static func poolParts(_ text: String) throws(MemberFault) -> (pool: String, rest: String) {
    guard let path = text.after(poolPath), let slash = path.utf8.firstIndex(of: UInt8(ascii: "/")) else {
      throw .principal(
        text.contains("/workloadIdentityPools/")
          ? "workload identity pools do not log in at the gate"
          : "only `\(poolPath)` POOL and the `goog/` forms are known")
    }
    let pool = String(path[..<slash])
    guard isPoolName(pool) else { throw .principal("`\(pool)` is no name of a pool") }
    return (pool, String(path[path.utf8.index(after: slash)...]))
  }

  /// Workforce pool ids: lower case letters, digits and hyphens.
  static func isPoolName(_ text: String) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
        default: false
        }
      }
  }
}

extension Member {
  /// One spelling for each member, so that two spellings of one member are found to be the same.
  package var canonicalText: String {
    switch self {
    case .allUsers: "allUsers"
    case .allAuthenticatedUsers: "allAuthenticatedUsers"
    case .user(let email): "user:" + email
    case .serviceAccount(let email): "serviceAccount:" + email
    case .group(let email): "group:" + email
    case .domain(let domain): "domain:" + domain
    case .poolSubject(let pool, let subject): "principal://\(Self.poolPath)\(pool)/subject/\(subject)"
    case .poolGroup(let pool, let group): "principalSet://\(Self.poolPath)\(pool)/group/\(group)"
    case .poolAttribute(let pool, let name, let value):
      "principalSet://\(Self.poolPath)\(pool)/attribute.\(name)/\(value)"
    case .pool(let pool): "principalSet://\(Self.poolPath)\(pool)/*"
    case .deleted(let text): "deleted:" + text
    }
  }
}

extension String {
  /// What follows a prefix, by bytes; nil where the text does not begin with it.
  func after(_ prefix: String) -> String? {
    guard utf8.starts(with: prefix.utf8) else { return nil }
    return String(self[utf8.index(startIndex, offsetBy: prefix.utf8.count)...])
  }
}
