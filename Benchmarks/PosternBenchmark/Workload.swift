// The request that is measured, in the kernel's form: host of 24 bytes, path of 30 in normal form, no query, a navigation's
// headers, an identity of 4 integers, the app's row and one folder's, no condition.

internal import CPostern
internal import PosternCompiler
internal import PosternKernel
internal import PosternLanguage

/// One app's request and credential, packed.
struct Workload {
  static let path = "/projects/alpha/reports/2026/q"
  static let nowMilliseconds: Int64 = 1_800_000_000_000

  private(set) var text: [UInt8] = []
  private(set) var cells: [postern_cell] = []
  private(set) var request = postern_request()
  private(set) var credential = postern_credential()

  /// A request to `host` by the user and the groups given; `facts` are what the bundle's conditions ask for, by slot.
  init(host: String, email: String, groups: [String], facts: [Fact] = []) {
    for fact in facts {
      cells.append(
        postern_cell(
          tag: fact.tag, flags: 0, reserved: 0, length: UInt32(fact.bytes.count), value: UInt64(text.count)))
      text += fact.bytes
    }
    request.method = append("GET")
    request.scheme = append("https")
    request.host = append(host)
    request.path = append(Self.path)
    request.sec_fetch_mode = append("navigate")
    request.sec_fetch_dest = append("document")
    request.sec_fetch_site = append("none")
    request.accept = append("text/html,application/xhtml+xml;q=0.9,*/*;q=0.8")
    setCredential(email: email, groups: groups)
  }

  /// A fact of a slot: a text or an address.
  struct Fact {
    let tag: UInt8
    let bytes: [UInt8]

    static func text(_ text: String) -> Fact { Fact(tag: UInt8(POSTERN_TEXT), bytes: Array(text.utf8)) }
    static func address(_ bytes: [UInt8]) -> Fact { Fact(tag: UInt8(POSTERN_ADDRESS), bytes: bytes) }
  }

  private mutating func setCredential(email: String, groups: [String]) {
    credential.kind = UInt8(POSTERN_CREDENTIAL_SESSION)
    credential.principal_kind = UInt8(POSTERN_PRINCIPAL_USER)
    credential.account_state = UInt8(POSTERN_ACCOUNT_ACTIVE)
    credential.email_verified = 1
    credential.groups_complete = 1
    credential.provider = append("workspace")
    credential.email = append(email)
    credential.subject = append("1234567890")
    credential.created_at = Self.nowMilliseconds - 3_600_000
    credential.last_seen_at = Self.nowMilliseconds - 60_000
    credential.state_checked_at = Self.nowMilliseconds - 30_000
    credential.issued_at = Self.nowMilliseconds - 3_600_000
    credential.login_at = Self.nowMilliseconds - 3_600_000
    let first = cells.count
    cells += groups.map { append($0) }
    credential.groups = postern_cell(
      tag: UInt8(POSTERN_LIST), flags: 0, reserved: 0, length: UInt32(groups.count), value: UInt64(first))
  }

  private mutating func append(_ value: String) -> postern_cell {
    let cell = postern_cell(
      tag: UInt8(POSTERN_TEXT), flags: 0, reserved: 0, length: UInt32(value.utf8.count), value: UInt64(text.count))
    text += Array(value.utf8)
    return cell
  }
}

/// Whom a benchmark asks for: an app, and a member of its folder's row who is not in its own.
struct Subject {
  let host: String
  let email: String
  let groups: [String]

  /// The subject for the app at `index`: the user's grant stands in the folder's row, the groups' nowhere above the app.
  init(_ policy: Policy, appIndex: Int) {
    let app = policy.apps[appIndex]
    let ownMembers = Set(Self.members(policy, nodeIndex: app.nodeIndex))
    let folderIndex = policy.nodes[app.nodeIndex].parentIndex ?? 0
    let folderMembers = Self.members(policy, nodeIndex: folderIndex)
    host = app.routes[0].host
    email =
      folderMembers.lazy.filter { !ownMembers.contains($0) }.compactMap { Self.user(policy.members[$0]) }
      .first ?? ""
    let above = ownMembers.union(folderMembers)
    groups = Array(
      policy.members.indices.lazy.filter { !above.contains($0) }.compactMap { Self.group(policy.members[$0]) }.prefix(3)
    )
  }

  private static func members(_ policy: Policy, nodeIndex: Int) -> [Int] {
    policy.nodes[nodeIndex].bindings.flatMap { $0.members.map { Int($0.memberIndex) } }
  }

  private static func user(_ member: Member) -> String? {
    if case .user(let email) = member { email } else { nil }
  }

  private static func group(_ member: Member) -> String? {
    if case .group(let email) = member { email } else { nil }
  }
}
