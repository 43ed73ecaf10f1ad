// The decision: rows 1 to 10 of docs/decision.md, in their order. No allocation, no throw, no state; whatever goes wrong
// with a fact ends as a refusal.

public import CPostern

extension Bundle {
  /// Decides one request.
  ///
  /// - `text` and `cells`: what the request's cells refer to; the bundle's request slots are the first cells.
  /// - `identity`: `resolve`'s answer for `credential`, `POSTERN_IDENTITY_WORDS` words; empty where there is no credential.
  /// - `now`: milliseconds since 1970.
  /// - `scratch`: `POSTERN_SCRATCH_BYTES` bytes, written only where the path is not in normal form.
  /// - `decision`: the answer, whatever stood there before.
  public borrowing func decide(
    _ request: postern_request, text: Span<UInt8>, cells: Span<postern_cell>, credential: postern_credential,
    identity: Span<UInt32>, at now: Int64, scratch: inout MutableSpan<UInt8>, into decision: inout postern_decision
  ) {
    decision = Self.refusal
    decision.revision = revision
    if !RequestView.areCellsSound(request, text.count) { return }
    let host = TextRange(checked: request.host)
    let path = TextRange(checked: request.path)
    guard !host.isEmpty, !path.isEmpty, credential.kind <= UInt8(truncatingIfNeeded: POSTERN_CREDENTIAL_BEARER)
    else { return }
    let line = findPlainHost(text.slice(host))
    if let line { prefetchWhatFollows(line, identity) }
    let raw = text.slice(path)
    let isPlain = Path.isPlain(raw)
    if let line, isPlain, RequestView.isUsual(request, text: text), !Mode.isReserved(raw),
      decideUsual(line, raw, credential, identity, at: now, into: &decision)
    {
      return
    }
    decideAny(
      request, text, cells, credential, identity, at: now, line, raw: raw, isPlain: isPlain, scratch: &scratch,
      into: &decision)
  }

  /// The same once the cells are checked, the host is looked up and the path looked at.
  @inline(never)
  private borrowing func decideAny(
    _ request: postern_request, _ text: Span<UInt8>, _ cells: Span<postern_cell>, _ credential: postern_credential,
    _ identity: Span<UInt32>, at now: Int64, _ plainLine: HostLine?, raw: Span<UInt8>, isPlain: Bool,
    scratch: inout MutableSpan<UInt8>, into decision: inout postern_decision
  ) {
    guard let hearing = Hearing(request, text: text, now: now) else { return }
    var line = plainLine
    if line == nil {
      let host = text.slice(TextRange(checked: request.host))
      guard let hostCount = Host.trimmedCount(host) else { return }
      line = findHost(host, count: hostCount)
    }
    if !isPlain {
      decideUnusual(
        hearing, request, credential, text, cells, identity, line, raw: raw, scratch: &scratch, into: &decision)
    } else if let refusal = identityRefusal(credential, identity) {
      decision.forbid(refusal)
    } else if let line {
      decideRareForm(
        hearing, request, credential, text, cells, identity, baseApp: line.baseApp, path: raw,
        app: route(raw, on: line).app, into: &decision)
    } else {
      decision.forbid(POSTERN_REASON_UNKNOWN_HOST)
    }
  }

  /// `forbidden`, `malformedRequest`: what every decision begins as.
  static var refusal: postern_decision {
    var decision = postern_decision()
    decision.reason = UInt16(truncatingIfNeeded: POSTERN_REASON_MALFORMED_REQUEST)
    decision.app = BundleFormat.none
    decision.rule = BundleFormat.none
    return decision
  }
}

extension postern_decision {
  @inline(__always) mutating func forbid(_ reason: Int) { self.reason = UInt16(truncatingIfNeeded: reason) }

  @inline(__always) var isAllow: Bool { verdict == UInt8(truncatingIfNeeded: POSTERN_ALLOW) }
}

/// What is read of a request before its rows are taken.
struct Hearing {
  let now: Int64
  let method: Method
  let isWebSocket: Bool
  let query: QueryRequest

  /// nil where the method is malformed.
  @inline(__always) init?(_ request: postern_request, text: Span<UInt8>, now: Int64) {
    guard let view = RequestView(request, text: text) else { return nil }
    self.now = now
    method = view.method
    isWebSocket = view.isWebSocket
    query = Query.read(TextRange(checked: request.query), text: text)
  }
}

extension Bundle {
  // MARK: one form

  /// Row 1 for the resolved identity: its reason, or nil where it is this bundle's and whole.
  @inline(__always)
  private borrowing func identityRefusal(_ credential: postern_credential, _ identity: Span<UInt32>) -> Int? {
    if credential.kind == UInt8(truncatingIfNeeded: POSTERN_CREDENTIAL_NONE) { return nil }
    if identity.count < IdentityLayout.wordCount { return POSTERN_REASON_STALE_RESOLUTION }
    let view = IdentityView(identity)
    if view.mark != mark { return POSTERN_REASON_STALE_RESOLUTION }
    switch view.word(IdentityLayout.status) {
    case IdentityLayout.resolved: return nil
    case IdentityLayout.tooLarge: return POSTERN_REASON_IDENTITY_TOO_LARGE
    default: return POSTERN_REASON_STALE_RESOLUTION
    }
  }

  /// Rows 3 to 10 for one form.
  @inline(always)
  private borrowing func decideForm(
    _ hearing: Hearing, _ request: postern_request, _ credential: postern_credential, _ text: Span<UInt8>,
    _ cells: Span<postern_cell>, _ identity: Span<UInt32>, baseApp: UInt32,
    path: Span<UInt8>, app: UInt32, into decision: inout postern_decision
  ) {
    if hearing.method.isGetOrHead {
      let mode = hearing.query.mode != 0 ? hearing.query.mode : Mode.isReserved(path) ? Mode.page(path) : 0
      if mode != 0 {
        return handle(
          hearing, request, credential, text, cells, identity, baseApp: baseApp, path: path, app: app, mode,
          into: &decision)
      }
    }
    decideRows(
      hearing, request, credential, text, cells, identity, baseApp: baseApp, path: path, app: app, into: &decision)
  }

  /// Row 3's answer; the refresh modes carry the obligations of the challenge that the same URL would get.
  @inline(never)
  private borrowing func handle(
    _ hearing: Hearing, _ request: postern_request, _ credential: postern_credential, _ text: Span<UInt8>,
    _ cells: Span<postern_cell>, _ identity: Span<UInt32>, baseApp: UInt32,
    path: Span<UInt8>, app: UInt32, _ mode: UInt8, into decision: inout postern_decision
  ) {
    decision.verdict = UInt8(truncatingIfNeeded: POSTERN_HANDLE)
    decision.forbid(POSTERN_REASON_MODE_REQUESTED)
    decision.mode = mode
    decision.app = app == BundleFormat.none ? baseApp : app
    let isRefresh =
      mode == UInt8(truncatingIfNeeded: POSTERN_MODE_DO_SESSION_REFRESH)
      || mode == UInt8(truncatingIfNeeded: POSTERN_MODE_SESSION_REFRESHER)
    if !isRefresh { return }
    var plain = Self.refusal
    decideRows(
      hearing, request, credential, text, cells, identity, baseApp: baseApp, path: path, app: app, into: &plain)
    let isChallenge =
      plain.verdict == UInt8(truncatingIfNeeded: POSTERN_REDIRECT)
      || plain.verdict == UInt8(truncatingIfNeeded: POSTERN_UNAUTHORIZED)
    if isChallenge {
      decision.prompt = plain.prompt
      decision.clock = plain.clock
      decision.authenticated_after = plain.authenticated_after
      decision.reauthentication_method = plain.reauthentication_method
      decision.reauthentication_max_age_seconds = plain.reauthentication_max_age_seconds
    }
  }

  /// The same out of line, for the roads that few requests take.
  @inline(never)
  private borrowing func decideRareForm(
    _ hearing: Hearing, _ request: postern_request, _ credential: postern_credential, _ text: Span<UInt8>,
    _ cells: Span<postern_cell>, _ identity: Span<UInt32>, baseApp: UInt32, path: Span<UInt8>, app: UInt32,
    into decision: inout postern_decision
  ) {
    decideForm(
      hearing, request, credential, text, cells, identity, baseApp: baseApp, path: path, app: app, into: &decision)
  }

  // MARK: two forms

  /// The same where the raw path needs work: it is malformed, or its forms lie in the scratch.
  @inline(never)
  private borrowing func decideUnusual(
    _ hearing: Hearing, _ request: postern_request, _ credential: postern_credential, _ text: Span<UInt8>,
    _ cells: Span<postern_cell>, _ identity: Span<UInt32>, _ line: HostLine?,
    raw: Span<UInt8>, scratch: inout MutableSpan<UInt8>, into decision: inout postern_decision
  ) {
    if scratch.count < Int(POSTERN_SCRATCH_BYTES) { return }
    let forms = Path.forms(raw, scratch: &scratch)
    if forms.shape == .malformed { return }
    let decoded = scratch.span.extracting(0..<forms.decodedCount)
    let normal = scratch.span.extracting(Path.normalOffset..<Path.normalOffset &+ forms.normalCount)
    let normalApp = line.map { route(normal, on: $0) } ?? .none
    let decodedApp = line.map { route(decoded, on: $0) } ?? .none
    if forms.hasExemptEscape && !(normalApp.allowsEscapes && decodedApp.allowsEscapes) { return }
    if let refusal = identityRefusal(credential, identity) { return decision.forbid(refusal) }
    guard let line else { return decision.forbid(POSTERN_REASON_UNKNOWN_HOST) }
    let isOne = forms.shape == .decoded || (hearing.query.mode != 0 && hearing.method.isGetOrHead)
    if isOne {
      decideRareForm(
        hearing, request, credential, text, cells, identity, baseApp: line.baseApp, path: normal, app: normalApp.app,
        into: &decision)
    } else if Mode.isReserved(normal) != Mode.isReserved(decoded) || normalApp.app != decodedApp.app {
      decision.forbid(POSTERN_REASON_AMBIGUOUS_PATH)
    } else {
      decideBoth(
        hearing, request, credential, text, cells, identity, baseApp: line.baseApp, decoded: decoded, normal: normal,
        app: normalApp.app,
        into: &decision)
    }
  }

  /// The two-form rule, once both forms lead to one app: the first form that does not allow decides.
  private borrowing func decideBoth(
    _ hearing: Hearing, _ request: postern_request, _ credential: postern_credential, _ text: Span<UInt8>,
    _ cells: Span<postern_cell>, _ identity: Span<UInt32>, baseApp: UInt32,
    decoded: Span<UInt8>, normal: Span<UInt8>, app: UInt32, into decision: inout postern_decision
  ) {
    var first = decision
    decideRareForm(
      hearing, request, credential, text, cells, identity, baseApp: baseApp, path: decoded, app: app, into: &first)
    if !first.isAllow {
      decision = first
      return
    }
    decideRareForm(
      hearing, request, credential, text, cells, identity, baseApp: baseApp, path: normal, app: app, into: &decision)
    if !decision.isAllow { return }
    if first.valid_until < decision.valid_until {
      decision.valid_until = first.valid_until
      decision.clock = first.clock
    }
    decision.touch &= first.touch
  }
}

/// The gate's own pages below the reserved path (row 3).
enum Mode {
  /// The mode of a reserved path.
  static func page(_ path: Span<UInt8>) -> UInt8 {
    let rest = TextRange(offset: 9, count: path.count &- 9)
    let mode =
      if path.equals(rest, "/do_session_refresh") {
        POSTERN_MODE_DO_SESSION_REFRESH
      } else if path.equals(rest, "/session_refresher") {
        POSTERN_MODE_SESSION_REFRESHER
      } else if path.equals(rest, "/gcip_signout") {
        POSTERN_MODE_GCIP_SIGNOUT
      } else if path.equals(rest, "/clear_login_cookie") {
        POSTERN_MODE_CLEAR_LOGIN_COOKIE
      } else if path.equals(rest, "/identity") {
        POSTERN_MODE_IDENTITY
      } else {
        POSTERN_MODE_RESERVED_PATH
      }
    return UInt8(truncatingIfNeeded: mode)
  }

  /// Whether the first segment is `_gcp_iap`.
  @inline(__always) static func isReserved(_ path: Span<UInt8>) -> Bool {
    if path.count < 9 || path[1] != UInt8(ascii: "_") { return false }
    return path.equals(TextRange(offset: 0, count: 9), "/_gcp_iap") && Path.endsSegment(path, at: 9)
  }
}
