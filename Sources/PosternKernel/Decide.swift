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
  public borrowing func decide(
    _ request: postern_request, text: Span<UInt8>, cells: Span<postern_cell>,
    credential: postern_credential, identity: Span<UInt32>, at now: Int64, scratch: inout MutableSpan<UInt8>
  ) -> postern_decision {
    var decision = Self.forbidden(POSTERN_REASON_MALFORMED_REQUEST)
    decision.revision = revision
    guard let view = RequestView(request, text: text),
      credential.kind <= UInt8(truncatingIfNeeded: POSTERN_CREDENTIAL_BEARER), !view.path.isAbsent,
      let hostCount = Host.trimmedCount(text.slice(view.host.orEmpty)),
      scratch.count >= Int(POSTERN_SCRATCH_BYTES)
    else { return decision }
    let rawPath = text.slice(view.path)
    let forms = Path.forms(rawPath, scratch: &scratch)
    switch forms.shape {
    case .malformed: return decision
    case .plain:
      return decide(
        Question(view: view, decoded: rawPath, normal: rawPath, isTwo: false, hasExemptEscape: false, text: text),
        hostCount: hostCount, credential, identity, now)
    case .decoded, .two:
      let span = scratch.span
      let normal = span.extracting(Path.normalOffset..<Path.normalOffset &+ forms.normalCount)
      return decide(
        Question(
          view: view, decoded: span.extracting(0..<forms.decodedCount), normal: normal, isTwo: forms.shape == .two,
          hasExemptEscape: forms.hasExemptEscape, text: text),
        hostCount: hostCount, credential, identity, now)
    }
  }

  static func forbidden(_ reason: Int) -> postern_decision {
    var decision = postern_decision()
    decision.verdict = UInt8(truncatingIfNeeded: POSTERN_FORBIDDEN)
    decision.reason = UInt16(truncatingIfNeeded: reason)
    decision.app = BundleFormat.none
    decision.rule = BundleFormat.none
    return decision
  }
}

extension TextRange {
  var orEmpty: TextRange { isAbsent ? TextRange(offset: 0, count: 0) : self }
}

/// A checked request with its path's forms.
struct Question: ~Escapable {
  let view: RequestView
  let decoded: Span<UInt8>
  let normal: Span<UInt8>
  let isTwo: Bool
  let hasExemptEscape: Bool
  let text: Span<UInt8>

  @_lifetime(copy decoded, copy normal, copy text)
  init(
    view: RequestView, decoded: Span<UInt8>, normal: Span<UInt8>, isTwo: Bool, hasExemptEscape: Bool, text: Span<UInt8>
  ) {
    self.view = view
    self.decoded = decoded
    self.normal = normal
    self.isTwo = isTwo
    self.hasExemptEscape = hasExemptEscape
    self.text = text
  }
}

extension Bundle {
  /// Rows 1 (what is left of it) to 3, and the two-form rule.
  @inline(__always)
  private borrowing func decide(
    _ question: Question, hostCount: Int, _ credential: postern_credential, _ identity: Span<UInt32>,
    _ now: Int64
  ) -> postern_decision {
    let host = findHost(question.text.slice(question.view.host), count: hostCount)
    let normalApp = host.map { route(question.normal, on: $0) } ?? .none
    let decodedApp = question.isTwo ? host.map { route(question.decoded, on: $0) } ?? .none : normalApp
    if question.hasExemptEscape && !(normalApp.allowsEscapes && decodedApp.allowsEscapes) {
      return stamped(Self.forbidden(POSTERN_REASON_MALFORMED_REQUEST))
    }
    if let refusal = identityRefusal(credential, identity) { return stamped(Self.forbidden(refusal)) }
    guard let host else { return stamped(Self.forbidden(POSTERN_REASON_UNKNOWN_HOST)) }
    let hearing = Hearing(
      host: host, now: now, query: Query.read(question.view.query, text: question.text),
      question: question, identity: identity)
    return stamped(decide(hearing, normalApp: normalApp, decodedApp: decodedApp, credential))
  }

  @inline(__always)
  private borrowing func stamped(_ decision: postern_decision) -> postern_decision {
    var decision = decision
    decision.revision = revision
    return decision
  }

  /// Row 1 for the resolved identity: its reason, or nil where it is this bundle's and whole.
  @inline(__always)
  private borrowing func identityRefusal(
    _ credential: postern_credential, _ identity: Span<UInt32>
  ) -> Int? {
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

  /// Row 3 and the two-form rule: a mode in the query goes by the normal form alone; forms that disagree on who answers are
  /// refused; then the first form that does not allow decides.
  @inline(__always)
  private borrowing func decide(
    _ hearing: Hearing, normalApp: RoutedApp, decodedApp: RoutedApp, _ credential: postern_credential
  ) -> postern_decision {
    let question = hearing.question
    if hearing.query.mode != 0 && question.view.method.isGetOrHead {
      return handle(hearing, hearing.query.mode, path: question.normal, app: normalApp.app, credential)
    }
    if !question.isTwo { return decideForm(hearing, path: question.normal, app: normalApp.app, credential) }
    if Mode.isReserved(question.normal) != Mode.isReserved(question.decoded) || normalApp.app != decodedApp.app {
      return Self.forbidden(POSTERN_REASON_AMBIGUOUS_PATH)
    }
    let first = decideForm(hearing, path: question.decoded, app: decodedApp.app, credential)
    if first.verdict != UInt8(truncatingIfNeeded: POSTERN_ALLOW) { return first }
    var second = decideForm(hearing, path: question.normal, app: normalApp.app, credential)
    if second.verdict != UInt8(truncatingIfNeeded: POSTERN_ALLOW) { return second }
    if first.valid_until < second.valid_until {
      second.valid_until = first.valid_until
      second.clock = first.clock
    }
    second.touch &= first.touch
    return second
  }

  /// Rows 3 to 10 for one form, but for a mode in the query.
  @inline(__always)
  private borrowing func decideForm(
    _ hearing: Hearing, path: Span<UInt8>, app: UInt32, _ credential: postern_credential
  ) -> postern_decision {
    if hearing.question.view.method.isGetOrHead && Mode.isReserved(path) {
      return handle(hearing, Mode.page(path), path: path, app: app, credential)
    }
    return decideRows(hearing, path: path, app: app, credential)
  }

  /// Row 3's answer; the refresh modes carry the obligations of the challenge that the same URL would get.
  private borrowing func handle(
    _ hearing: Hearing, _ mode: UInt8, path: Span<UInt8>, app: UInt32, _ credential: postern_credential
  ) -> postern_decision {
    var decision = Self.forbidden(POSTERN_REASON_MODE_REQUESTED)
    decision.verdict = UInt8(truncatingIfNeeded: POSTERN_HANDLE)
    decision.mode = mode
    decision.app = app == BundleFormat.none ? hearing.host.baseApp : app
    let isRefresh = mode == UInt8(truncatingIfNeeded: POSTERN_MODE_DO_SESSION_REFRESH)
      || mode == UInt8(truncatingIfNeeded: POSTERN_MODE_SESSION_REFRESHER)
    if !isRefresh { return decision }
    let plain = decideRows(hearing, path: path, app: app, credential)
    let isChallenge = plain.verdict == UInt8(truncatingIfNeeded: POSTERN_REDIRECT)
      || plain.verdict == UInt8(truncatingIfNeeded: POSTERN_UNAUTHORIZED)
    if isChallenge {
      decision.prompt = plain.prompt
      decision.clock = plain.clock
      decision.authenticated_after = plain.authenticated_after
      decision.reauthentication_method = plain.reauthentication_method
      decision.reauthentication_max_age_seconds = plain.reauthentication_max_age_seconds
    }
    return decision
  }
}

/// What is known of a request once its host is: all that the rows below need.
struct Hearing: ~Escapable {
  let host: HostLine
  let now: Int64
  let query: QueryRequest
  let question: Question
  let identity: Span<UInt32>

  @_lifetime(copy question, copy identity)
  init(host: HostLine, now: Int64, query: QueryRequest, question: Question, identity: Span<UInt32>) {
    self.host = host
    self.now = now
    self.query = query
    self.question = question
    self.identity = identity
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
