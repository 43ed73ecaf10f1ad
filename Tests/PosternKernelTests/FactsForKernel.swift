// A request and a credential in the kernel's own form, made by hand: the kernel's tests need no packing.

import CPostern
import PosternKernel

struct FactsForKernel {
  var text: [UInt8] = []
  /// What `resolve` reads.
  var cells: [postern_cell] = []
  /// What `decide` reads: the slots of the golden bundle's conditions.
  var requestCells: [postern_cell] = []
  var request = postern_request()
  var credential = postern_credential()
  var now: Int64 = 1_700_000_000_000

  /// A navigation by a person who is in two groups.
  init(host: String, path: String) {
    request.method = append("GET")
    request.host = append(host)
    request.path = append(path)
    request.query = append("gcp-iap-mode=none&a=b")
    request.accept = append("text/html")
    credential.kind = UInt8(POSTERN_CREDENTIAL_SESSION)
    credential.principal_kind = UInt8(POSTERN_PRINCIPAL_USER)
    credential.account_state = UInt8(POSTERN_ACCOUNT_ACTIVE)
    credential.email_verified = 1
    credential.groups_complete = 1
    credential.provider = append("workspace")
    credential.subject = append("S1")
    credential.email = append("u7@example.com")
    credential.created_at = now - 1_000
    credential.last_seen_at = now - 1_000
    credential.state_checked_at = now - 1_000
    credential.issued_at = now - 1_000
    credential.security_key_at = now - 1_000
    let attribute = append("hr")
    let groups = [append("team@example.com"), append("G")]
    cells = [attribute] + groups
    credential.groups = postern_cell(tag: UInt8(POSTERN_LIST), flags: 0, reserved: 0, length: 2, value: 1)
    let address = append(bytes: [10, 1, 2, 3], tag: POSTERN_ADDRESS)
    let roles = postern_cell(tag: UInt8(POSTERN_LIST), flags: 0, reserved: 0, length: 1, value: 5)
    requestCells = [append("low"), address, append("hr"), roles, append("blue"), append("ops")]
  }

  mutating func append(_ value: String) -> postern_cell { append(bytes: Array(value.utf8), tag: POSTERN_TEXT) }

  private mutating func append(bytes: [UInt8], tag: Int) -> postern_cell {
    let cell = postern_cell(
      tag: UInt8(tag), flags: 0, reserved: 0, length: UInt32(bytes.count), value: UInt64(text.count))
    text += bytes
    return cell
  }

  func decide(_ bundle: borrowing Bundle) -> postern_decision {
    var identity = [UInt32](repeating: 0, count: Int(POSTERN_IDENTITY_WORDS))
    var identitySpan = identity.mutableSpan
    bundle.resolve(credential, text: text.span, cells: cells.span, into: &identitySpan)
    return decide(bundle, identity: identity)
  }

  func decide(_ bundle: borrowing Bundle, identity: [UInt32]) -> postern_decision {
    var scratch = [UInt8](repeating: 0, count: Int(POSTERN_SCRATCH_BYTES))
    var scratchSpan = scratch.mutableSpan
    var decision = postern_decision()
    bundle.decide(
      request, text: text.span, cells: requestCells.span, credential: credential, identity: identity.span, at: now,
      scratch: &scratchSpan, into: &decision)
    return decision
  }
}
