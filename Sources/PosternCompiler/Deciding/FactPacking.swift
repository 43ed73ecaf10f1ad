// Packs readable facts into the kernel's form: cells that refer to one buffer of text (postern.h). Refuses nothing:
// what is not there becomes an absent cell, and the kernel judges the rest.

internal import CPostern
internal import PosternBundle
internal import PosternLanguage

/// Storage for the facts, the identity and the scratch of decisions; kept by whoever decides often.
public struct DecisionBuffers {
  var identityFacts = FactBuffer()
  var requestFacts = FactBuffer()
  var identity = [UInt32](repeating: 0, count: Int(POSTERN_IDENTITY_WORDS))
  var scratch = [UInt8](repeating: 0, count: Int(POSTERN_SCRATCH_BYTES))

  /// Makes buffers, empty until the first decision.
  public init() {}
}

extension FactBuffer {
  /// Puts a value into an attribute slot.
  mutating func set(_ value: FactValue, slot: Int) { set(cell(value), slot: slot) }

  /// The cell of any value.
  mutating func cell(_ value: FactValue) -> postern_cell {
    switch value {
    case .null: Self.cell(POSTERN_NULL, value: 0)
    case .bool(let value): Self.cell(POSTERN_BOOL, value: value ? 1 : 0)
    case .int(let value): Self.cell(POSTERN_INT, value: UInt64(bitPattern: value))
    case .uint(let value): Self.cell(POSTERN_UINT, value: value)
    case .double(let value): Self.cell(POSTERN_DOUBLE, value: value.bitPattern)
    case .text(let bytes): cell(bytes)
    case .bytes(let bytes): cell(bytes, tag: POSTERN_BYTES)
    case .timestamp(let milliseconds): Self.cell(POSTERN_TIMESTAMP, value: UInt64(bitPattern: milliseconds))
    case .duration(let milliseconds): Self.cell(POSTERN_DURATION, value: UInt64(bitPattern: milliseconds))
    case .list(let values): list(POSTERN_LIST, values) { $0.cell($1) }
    case .map(let entries): map(entries)
    }
  }

  private mutating func map(_ entries: [[UInt8]: FactValue]) -> postern_cell {
    let keys = entries.keys.sorted { $0.lexicographicallyPrecedes($1) }
    let alternating = keys.flatMap { key in [FactValue.text(key), entries[key] ?? .null] }
    return list(POSTERN_MAP, alternating) { $0.cell($1) }
  }
}

extension FactBuffer {
  /// Packs a request.
  mutating func pack(_ request: Request) -> postern_request {
    postern_request(
      method: cell(request.method), scheme: cell(request.scheme), host: cell(request.host), path: cell(request.path),
      query: cell(request.query), client_address: cell(request.clientAddress),
      x_requested_with: cell(request.xRequestedWith), sec_fetch_mode: cell(request.secFetchMode),
      sec_fetch_dest: cell(request.secFetchDest), sec_fetch_site: cell(request.secFetchSite),
      sec_purpose: cell(request.secPurpose), accept: cell(request.accept), upgrade: cell(request.upgrade),
      origin: cell(request.origin), access_control_request_method: cell(request.accessControlRequestMethod))
  }

  /// Packs a credential.
  mutating func pack(_ credential: Credential) -> postern_credential {
    var packed = postern_credential()
    packed.kind = credential.kind.rawValue
    packed.principal_kind = credential.principalKind.rawValue
    packed.account_state = credential.accountState.rawValue
    packed.email_verified = credential.emailVerified ? 1 : 0
    packed.groups_complete = credential.groupsComplete ? 1 : 0
    packed.state_source_down = credential.stateSourceDown ? 1 : 0
    packed.store_down = credential.storeDown ? 1 : 0
    packed.provider = cell(credential.provider)
    packed.subject = cell(credential.subject)
    packed.email = cell(credential.email)
    packed.hosted_domain = cell(credential.hostedDomain)
    packed.tenant = cell(credential.tenant)
    packed.groups = cell(texts: credential.groups)
    packed.audience = cell(credential.audience)
    packed.authorized_party = cell(credential.authorizedParty)
    packed.created_at = credential.createdAt
    packed.last_seen_at = credential.lastSeenAt
    packed.state_checked_at = credential.stateCheckedAt
    packed.issued_at = credential.issuedAt
    packed.not_before = credential.notBefore
    packed.expires_at = credential.expiresAt
    packed.login_at = credential.loginAt
    packed.second_factor_at = credential.secondFactorAt
    packed.security_key_at = credential.securityKeyAt
    packed.device_checked_at = credential.deviceCheckedAt
    return packed
  }
}

extension Decision {
  /// The kernel's decision in readable form; a number that this version does not know reads as its zero, which forbids.
  init(_ decision: postern_decision) {
    self.init()
    verdict = Verdict(rawValue: decision.verdict) ?? .forbidden
    reason = Reason(rawValue: decision.reason) ?? .undecided
    mode = Mode(rawValue: decision.mode) ?? .none
    clock = Clock(rawValue: decision.clock) ?? .none
    identityAttached = decision.identity_attached == 1
    touch = decision.touch == 1
    prompt = Prompt(rawValue: decision.prompt) ?? .none
    tokenTest = TokenTest(rawValue: decision.token_test) ?? .none
    reauthenticationMethod = ReauthenticationMethod(rawValue: decision.reauthentication_method)
    reauthenticationMaxAgeSeconds = decision.reauthentication_max_age_seconds
    appIndex = decision.app == UInt32.max ? nil : Int(decision.app)
    switch Int(decision.rule_kind) {
    case POSTERN_RULE_BINDING: rule = .binding(id: decision.rule)
    case POSTERN_RULE_DENY: rule = .deny(id: decision.rule)
    default: rule = .none
    }
    validUntil = decision.valid_until
    checkStateAt = decision.check_state_at
    authenticatedAfter = decision.authenticated_after
  }
}
