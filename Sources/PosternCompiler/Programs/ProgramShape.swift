// What an app's program depends on, and the program itself: rows 8.1 to 8.7 of docs/decision.md in straight lines, one
// for each way that the token of a session can end, one for bearers. Refuses nothing.

internal import PosternKernel
internal import PosternLanguage

/// How the token behind a session ends (row 8.4), by the provider's source.
enum TokenClass: Hashable {
  /// `workspace` and `oidc`: the session does not end with its token.
  case none
  /// An age of `issuedAt`: `identityPlatform`, `workforce`.
  case age(seconds: UInt32)
  /// `saml`: the assertion's own end.
  case end

  static let identityPlatformSeconds: UInt32 = 3_600

  init(_ provider: LoginProvider) {
    switch provider.source {
    case .workspace, .oidc: self = .none
    case .identityPlatform: self = .age(seconds: Self.identityPlatformSeconds)
    case .workforce: self = .age(seconds: provider.sessionDurationSeconds.belowNone)
    case .saml: self = .end
    }
  }

  fileprivate var facts: FactSet {
    switch self {
    case .none: FactSet.none
    case .age: .issuedAt
    case .end: .expiresAt
    }
  }
}

/// Everything that an app's program depends on; apps of equal shape share one program.
struct ProgramShape: Hashable {
  /// NONE where a limit is `none`.
  var revalidateSeconds: UInt32
  var stateGraceSeconds: UInt32
  var storeGraceSeconds: UInt32
  var absoluteSeconds: UInt32
  var idleSeconds: UInt32
  var bearerSeconds: UInt32
  /// 0 where no re-authentication is asked for.
  var method: UInt8
  var reauthenticationSeconds: UInt32
  var providerMask: UInt64

  init(_ app: App) {
    let session = app.session
    revalidateSeconds = session.revalidate.value.secondsOrNone
    // Without `revalidate` there is nothing to be graced, so that the graces do not tell programs apart.
    let hasGrace = revalidateSeconds != BundleFormat.none
    stateGraceSeconds = hasGrace ? session.onStateUnavailable.value.secondsOrNone : BundleFormat.none
    storeGraceSeconds = hasGrace ? session.onStoreUnavailable.value.secondsOrNone : BundleFormat.none
    absoluteSeconds = session.absoluteTimeout.value.secondsOrNone
    idleSeconds = session.idleTimeout.value.secondsOrNone
    bearerSeconds = session.programmaticMaxAge?.value.secondsOrNone ?? BundleFormat.none
    let reauthentication = app.access.reauthentication?.value
    method = reauthentication?.method?.rawValue ?? 0
    reauthenticationSeconds = method == 0 ? 0 : reauthentication?.maxAgeSeconds.belowNone ?? 0
    providerMask = app.providerIndices.reduce(0) { $0 | 1 << UInt64($1) }
  }
}

extension Limit {
  /// The number in the bundle: NONE is `none`.
  var secondsOrNone: UInt32 {
    switch self {
    case .none: BundleFormat.none
    case .seconds(let seconds): seconds.belowNone
    }
  }
}

extension UInt32 {
  /// A second less where the number is the one that means none: 136 years are no longer for it.
  var belowNone: UInt32 { Swift.min(self, BundleFormat.none - 1) }
}

extension Unavailability {
  /// The number in the bundle: NONE is `deny`.
  var secondsOrNone: UInt32 {
    switch self {
    case .deny: BundleFormat.none
    case .allowFor(let seconds): seconds.belowNone
    }
  }
}

/// Writes the program of a shape.
struct ProgramWriter {
  private let shape: ProgramShape
  private let providers: [LoginProvider]
  /// The organization's.
  private let skewSeconds: UInt32
  private var builder = ProgramBuilder()

  init(_ shape: ProgramShape, providers: [LoginProvider], skewSeconds: UInt32) {
    self.shape = shape
    self.providers = providers
    self.skewSeconds = skewSeconds
  }

  consuming func program() -> Program {
    builder.place(builder.makeLabel())
    let notPerson = builder.makeLabel()
    let classes = tokenClasses()
    // Where there is one class, the word that asks for its facts also asks who is a person.
    if classes.count > 1 { builder.branch(.branchNotPerson, to: notPerson) }
    write(classes) { $0.writePersonSession($1, notPerson: classes.count > 1 ? nil : notPerson) }
    builder.place(notPerson)
    let bearer = builder.makeLabel()
    builder.branch(.branchCredential, a: Credential.Kind.bearer.rawValue, to: bearer)
    write(classes) { $0.writeServiceAccountSession($1) }
    builder.place(bearer)
    writeBearer()
    return builder.finish()
  }

  private typealias ProvidersOfClass = (tokenClass: TokenClass, providers: [Int])

  /// The token classes of the app's providers, the one with the most of them first.
  private func tokenClasses() -> [ProvidersOfClass] {
    var classes: [ProvidersOfClass] = []
    for index in providers.indices where shape.providerMask >> UInt64(index) & 1 == 1 {
      let tokenClass = TokenClass(providers[index])
      if let known = classes.firstIndex(where: { $0.tokenClass == tokenClass }) {
        classes[known].providers.append(index)
      } else {
        classes.append((tokenClass, [index]))
      }
    }
    // A stable sort: of equal counts, the class of the first provider.
    classes.sort { $0.providers.count > $1.providers.count }
    return classes
  }

  /// One path for each token class. Row 7 lets only the app's providers come here, so that the first class needs no branch.
  private mutating func write(
    _ classes: [ProvidersOfClass], _ write: (_ writer: inout ProgramWriter, TokenClass) -> Void
  ) {
    var labels: [ProgramLabel] = []
    for other in classes.dropFirst() {
      let label = builder.makeLabel()
      for provider in other.providers { builder.branch(.branchProvider, b: UInt16(provider), to: label) }
      labels.append(label)
    }
    for (index, tokenClass) in classes.enumerated() {
      if index > 0 { builder.place(labels[index - 1]) }
      write(&self, tokenClass.tokenClass)
    }
  }

  /// - `notPerson`: where all others go on, if they come here too.
  private mutating func writePersonSession(_ tokenClass: TokenClass, notPerson: ProgramLabel?) {
    var needed = tokenClass.facts
    if shape.revalidateSeconds != BundleFormat.none { needed.insert(.stateCheckedAt) }
    if shape.absoluteSeconds != BundleFormat.none { needed.insert(.createdAt) }
    if shape.idleSeconds != BundleFormat.none { needed.insert(.lastSeenAt) }
    if let notPerson {
      builder.branch(.checkPersonFacts, a: needed.rawValue, y: skewSeconds.belowNone, to: notPerson)
    } else {
      checkFacts(needed)
    }
    builder.emit(
      .checkFreshState, x: shape.revalidateSeconds, y: shape.stateGraceSeconds, z: shape.storeGraceSeconds)
    check(tokenClass)
    if shape.absoluteSeconds != BundleFormat.none || shape.idleSeconds != BundleFormat.none {
      builder.emit(.checkTimeouts, x: shape.absoluteSeconds, y: shape.idleSeconds)
    }
    checkReauthentication()
    builder.emit(.pass)
  }

  private mutating func writeServiceAccountSession(_ tokenClass: TokenClass) {
    checkFacts(tokenClass.facts)
    builder.emit(.checkState)
    check(tokenClass)
    builder.emit(.pass)
  }

  private mutating func writeBearer() {
    let hasMaxAge = shape.bearerSeconds != BundleFormat.none
    var needed = FactSet.expiresAt
    if hasMaxAge { needed.insert(.issuedAt) }
    checkFacts(needed)
    builder.emit(.checkState)
    builder.emit(.checkBearer)
    if hasMaxAge { builder.emit(.checkTokenAge, a: 0, x: shape.bearerSeconds) }
    if shape.method != 0 {
      let serviceAccount = builder.makeLabel()
      builder.branch(.branchPrincipal, a: Credential.PrincipalKind.serviceAccount.rawValue, to: serviceAccount)
      checkReauthentication()
      builder.emit(.pass)
      builder.place(serviceAccount)
    }
    builder.emit(.pass)
  }

  private mutating func checkFacts(_ needed: FactSet) {
    builder.emit(.checkFacts, a: needed.rawValue, x: skewSeconds.belowNone)
  }

  private mutating func check(_ tokenClass: TokenClass) {
    switch tokenClass {
    case .none: break
    case .age(let seconds): builder.emit(.checkTokenAge, a: 1, x: seconds)
    case .end: builder.emit(.checkTokenEnd)
    }
  }

  private mutating func checkReauthentication() {
    if shape.method != 0 {
      builder.emit(.checkReauthentication, a: shape.method, x: shape.reauthenticationSeconds)
    }
  }
}
