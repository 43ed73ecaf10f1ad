// A request in the kernel's form.

internal import CPostern

/// A request and a credential, packed.
struct Workload {
  private(set) var text: [UInt8] = []
  private(set) var cells: [postern_cell] = []
  private(set) var request = postern_request()
  private(set) var credential = postern_credential()

  /// Packs `facts`; `attributes` are what the bundle's conditions ask for, by slot.
  init(_ facts: RequestFacts, attributes: [Attribute] = []) {
    for attribute in attributes {
      cells.append(
        postern_cell(
          tag: attribute.tag, flags: 0, reserved: 0, length: UInt32(attribute.bytes.count), value: UInt64(text.count)))
      text += attribute.bytes
    }
    request.method = append(facts.method)
    request.scheme = append("https")
    request.host = append(facts.host)
    request.path = append(facts.path)
    request.query = append(facts.query)
    request.sec_fetch_mode = append("navigate")
    request.sec_fetch_dest = append("document")
    request.sec_fetch_site = append("none")
    request.sec_purpose = append(facts.secPurpose)
    request.accept = append("text/html,application/xhtml+xml;q=0.9,*/*;q=0.8")
    request.upgrade = append(facts.upgrade)
    setCredential(facts)
  }

  /// Puts the host of a request of `list` in the place of the own one, which is as long.
  @inline(__always) mutating func replaceHost(byRequest index: Int, of list: RequestList) {
    list.copyHost(ofRequest: index, to: Int(request.host.value), of: &text)
  }

  /// An attribute of a slot: a text or an address.
  struct Attribute {
    let tag: UInt8
    let bytes: [UInt8]

    static func text(_ text: String) -> Attribute { Attribute(tag: UInt8(POSTERN_TEXT), bytes: Array(text.utf8)) }
    static func address(_ bytes: [UInt8]) -> Attribute { Attribute(tag: UInt8(POSTERN_ADDRESS), bytes: bytes) }
  }

  private mutating func setCredential(_ facts: RequestFacts) {
    credential.kind = UInt8(facts.kind)
    credential.principal_kind = UInt8(facts.principalKind)
    credential.account_state = UInt8(facts.accountState)
    credential.email_verified = 1
    credential.groups_complete = 1
    credential.provider = append(facts.provider)
    credential.email = append(facts.email)
    credential.subject = append("1234567890")
    credential.tenant = append(facts.tenant)
    credential.created_at = facts.createdAt
    credential.last_seen_at = facts.lastSeenAt
    credential.state_checked_at = facts.stateCheckedAt
    credential.issued_at = facts.issuedAt
    credential.login_at = facts.loginAt
    credential.second_factor_at = facts.secondFactorAt
    credential.security_key_at = facts.securityKeyAt
    let first = cells.count
    cells += facts.groups.map { append($0) }
    credential.groups = postern_cell(
      tag: UInt8(POSTERN_LIST), flags: 0, reserved: 0, length: UInt32(facts.groups.count), value: UInt64(first))
  }

  private mutating func append(_ value: String?) -> postern_cell {
    guard let value else { return postern_cell() }
    let cell = postern_cell(
      tag: UInt8(POSTERN_TEXT), flags: 0, reserved: 0, length: UInt32(value.utf8.count), value: UInt64(text.count))
    text += Array(value.utf8)
    return cell
  }
}
