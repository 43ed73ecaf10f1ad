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
  init(
    host: String, path: String = Self.path, email: String, groups: [String], facts: [Fact] = [],
    session: SessionAges = SessionAges()
  ) {
    for fact in facts {
      cells.append(
        postern_cell(
          tag: fact.tag, flags: 0, reserved: 0, length: UInt32(fact.bytes.count), value: UInt64(text.count)))
      text += fact.bytes
    }
    request.method = append("GET")
    request.scheme = append("https")
    request.host = append(host)
    request.path = append(path)
    request.sec_fetch_mode = append("navigate")
    request.sec_fetch_dest = append("document")
    request.sec_fetch_site = append("none")
    request.accept = append("text/html,application/xhtml+xml;q=0.9,*/*;q=0.8")
    setCredential(email: email, groups: groups, session)
  }

  /// Puts another host in the place of the request's: as long as that.
  mutating func replaceHost(_ host: ArraySlice<UInt8>) {
    let offset = Int(request.host.value)
    for (index, byte) in host.enumerated() { text[offset + index] = byte }
  }

  /// A fact of a slot: a text or an address.
  struct Fact {
    let tag: UInt8
    let bytes: [UInt8]

    static func text(_ text: String) -> Fact { Fact(tag: UInt8(POSTERN_TEXT), bytes: Array(text.utf8)) }
    static func address(_ bytes: [UInt8]) -> Fact { Fact(tag: UInt8(POSTERN_ADDRESS), bytes: bytes) }
  }

  private mutating func setCredential(email: String, groups: [String], _ session: SessionAges) {
    credential.kind = UInt8(POSTERN_CREDENTIAL_SESSION)
    credential.principal_kind = UInt8(POSTERN_PRINCIPAL_USER)
    credential.account_state = UInt8(POSTERN_ACCOUNT_ACTIVE)
    credential.email_verified = 1
    credential.groups_complete = 1
    credential.provider = append("workspace")
    credential.email = append(email)
    credential.subject = append("1234567890")
    credential.created_at = Self.nowMilliseconds - session.createdSeconds * 1_000
    credential.last_seen_at = Self.nowMilliseconds - session.idleSeconds * 1_000
    credential.state_checked_at = Self.nowMilliseconds - session.stateSeconds * 1_000
    credential.issued_at = credential.created_at
    credential.login_at = credential.created_at
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

/// How long ago, in seconds, a session began, was last seen, and had its account's state checked.
struct SessionAges {
  var createdSeconds: Int64 = 3_600
  var idleSeconds: Int64 = 60
  var stateSeconds: Int64 = 30
}
