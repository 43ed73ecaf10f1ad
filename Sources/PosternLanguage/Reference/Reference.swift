// The reference evaluator: `docs/decision.md` taken row by row over the typed policy, slow and plain, to be read
// beside that page in one sitting. It shares nothing with the kernel, sees no bundle, and refuses nothing: whatever
// comes is decided.

public import PosternCEL

extension Policy {
  /// Decides one request at `now`, in milliseconds since 1970; `docs/decision.md` from its first row to its last.
  ///
  /// A condition that names a time zone which `timeZones` does not know is in error.
  public func decide(
    _ request: Request, _ credential: Credential, at now: Int64, timeZones: any CELTimeZones = CELNoTimeZones()
  ) -> Decision {
    Reference(policy: self, credential: credential, now: now, timeZones: timeZones).decide(request)
  }
}

/// One decision in the making: everything but the request.
struct Reference {
  let policy: Policy
  let credential: Credential
  let now: Int64
  let timeZones: any CELTimeZones
  /// Where the conditions that are asked are noted; nil: nowhere.
  let trace: ReferenceTrace?
  /// Who the credential says it is; nil is anonymous.
  let identity: ReferenceIdentity?

  init(
    policy: Policy, credential: Credential, now: Int64, timeZones: any CELTimeZones, trace: ReferenceTrace? = nil
  ) {
    self.policy = policy
    self.credential = credential
    self.now = now
    self.timeZones = timeZones
    self.trace = trace
    identity = credential.kind == .none ? nil : ReferenceIdentity(credential, in: policy)
  }

  // MARK: Rows 1 and 2, and the two-form rule

  func decide(_ request: Request) -> Decision {
    guard let target = ReferenceTarget(request, in: policy) else { return forbidden(.malformedRequest) }
    if let identity, identity.countedMembers > 256 { return forbidden(.identityTooLarge) }
    guard target.isHostKnown else { return forbidden(.unknownHost) }
    if let mode = target.queryMode { return handle(mode, target, target.normalPath) }
    if target.decodedPath == target.normalPath { return decide(target, target.normalPath) }
    return decideBothForms(target)
  }

  private func decideBothForms(_ target: ReferenceTarget) -> Decision {
    let isAmbiguous =
      target.isReserved(target.decodedPath) != target.isReserved(target.normalPath)
      || target.route(of: target.decodedPath)?.appIndex != target.route(of: target.normalPath)?.appIndex
    if isAmbiguous { return forbidden(.ambiguousPath) }
    let decoded = decide(target, target.decodedPath)
    guard decoded.verdict == .allow else { return decoded }
    var decision = decide(target, target.normalPath)
    guard decision.verdict == .allow else { return decision }
    if decoded.validUntil < decision.validUntil {
      decision.validUntil = decoded.validUntil
      decision.clock = decoded.clock
    }
    decision.touch = decision.touch && decoded.touch
    return decision
  }

  // MARK: Row 3

  /// Rows 3 to 10 for one form of the path.
  func decide(_ target: ReferenceTarget, _ path: Bytes) -> Decision {
    if let mode = target.pathMode(of: path) { return handle(mode, target, path) }
    return decideWithoutModes(target, path)
  }

  private func handle(_ mode: Mode, _ target: ReferenceTarget, _ path: Bytes) -> Decision {
    var decision = Decision()
    decision.verdict = .handle
    decision.reason = .modeRequested
    decision.mode = mode
    decision.appIndex = target.route(of: path)?.appIndex ?? target.baseAppIndex
    guard mode == .doSessionRefresh || mode == .sessionRefresher else { return decision }
    let withoutMode = decideWithoutModes(target, path)
    guard withoutMode.verdict == .redirect || withoutMode.verdict == .unauthorized else { return decision }
    decision.clock = withoutMode.clock
    decision.prompt = withoutMode.prompt
    decision.authenticatedAfter = withoutMode.authenticatedAfter
    decision.reauthenticationMethod = withoutMode.reauthenticationMethod
    decision.reauthenticationMaxAgeSeconds = withoutMode.reauthenticationMaxAgeSeconds
    return decision
  }

  // MARK: Rows 4 to 10

  private func decideWithoutModes(_ target: ReferenceTarget, _ path: Bytes) -> Decision {
    guard let appIndex = target.route(of: path)?.appIndex else { return decideWithoutRoute(target) }
    let app = policy.apps[appIndex]
    if target.method == Bytes("OPTIONS".utf8), app.access.allowHTTPOptions?.value == true {
      return allow(.corsOptions, appIndex, rule: .none, bounds: [], isAttached: false, target, path)
    }
    if let bindingID = publicBindingID(app) { return decidePublicly(bindingID, appIndex, target, path) }
    do throws(Refusal) {
      let bounds = try passRows7And8(app)
      return decideRow9And10(appIndex, bounds, target, path)
    } catch {
      return challenge(error, appIndex, target)
    }
  }

  /// Rows 9 and 10 of whoever has passed the rows before.
  private func decideRow9And10(
    _ appIndex: Int, _ bounds: [Bound], _ target: ReferenceTarget, _ path: Bytes
  ) -> Decision {
    let app = policy.apps[appIndex]
    guard isDomainAllowed(app) else { return forbidden(.domainNotAllowed, appIndex) }
    let conditions = conditions(app, isAttached: true, target, path)
    if let denial = denial(app, as: identity, conditions) {
      return forbidden(denial.reason, appIndex, .deny(id: denial.id))
    }
    switch grant(app, conditions) {
    case .granted(let id):
      return allow(
        .granted, appIndex, rule: .binding(id: id), bounds: bounds + conditions.bounds, isAttached: true, target, path)
    case .refused(let reason, let rule): return forbidden(reason, appIndex, rule)
    }
  }

  /// Row 4 of a known host without a route: strangers learn nothing, and a session's state is seen.
  private func decideWithoutRoute(_ target: ReferenceTarget) -> Decision {
    guard let appIndex = target.baseAppIndex else { return forbidden(.unknownHost) }
    do throws(Refusal) {
      _ = try passRows7And8(policy.apps[appIndex])
      return forbidden(.noRoute, appIndex)
    } catch {
      return challenge(error, appIndex, target)
    }
  }

  /// Row 6: whoever passes rows 7 to 9 is attached, whoever does not is anonymous.
  private func decidePublicly(
    _ bindingID: UInt32, _ appIndex: Int, _ target: ReferenceTarget, _ path: Bytes
  ) -> Decision {
    let app = policy.apps[appIndex]
    let passed = try? passRows7And8(app)
    let isAttached = passed != nil && isDomainAllowed(app)
    let conditions = conditions(app, isAttached: isAttached, target, path)
    if let denial = denial(app, as: isAttached ? identity : nil, conditions) {
      return forbidden(denial.reason, appIndex, .deny(id: denial.id))
    }
    let bounds = ((isAttached ? passed : nil) ?? beginnings) + conditions.bounds
    return allow(
      .publicAccess, appIndex, rule: .binding(id: bindingID), bounds: bounds, isAttached: isAttached, target, path)
  }

  func passRows7And8(_ app: App) throws(Refusal) -> [Bound] {
    let provider = try passRow7(app)
    return try passRow8(app, provider)
  }

  // MARK: The decision and its obligations

  private func forbidden(_ reason: Reason, _ appIndex: Int? = nil, _ rule: Rule = .none) -> Decision {
    var decision = Decision()
    decision.reason = reason
    decision.appIndex = appIndex
    decision.rule = rule
    return decision
  }

  private func allow(
    _ reason: Reason, _ appIndex: Int, rule: Rule, bounds: [Bound], isAttached: Bool, _ target: ReferenceTarget,
    _ path: Bytes
  ) -> Decision {
    let app = policy.apps[appIndex]
    var decision = Decision()
    decision.verdict = .allow
    decision.reason = reason
    decision.appIndex = appIndex
    decision.rule = rule
    decision.identityAttached = isAttached
    // Of equal instants `min` takes the first, and the bounds come in the order of row 8, that of conditions last.
    decision.validUntil = bounds.map(\.instant).min() ?? .max
    let first = bounds.first { $0.instant == decision.validUntil }
    decision.clock = decision.validUntil == .max ? .none : first?.clock ?? .none
    guard isAttached else { return decision }
    decision.tokenTest = target.tokenTest
    guard credential.kind == .session else { return decision }
    decision.checkStateAt = checkStateAt(app)
    decision.touch =
      target.method != Bytes("OPTIONS".utf8) && !target.isSpeculative
      && !app.session.activityExclude.contains { isSegmentPrefix($0.value, of: path) }
    return decision
  }
}
