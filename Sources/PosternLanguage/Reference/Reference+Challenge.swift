// The challenge table: who is sent to log in, and who reads a 401. Redirects only what shows that it is a person's
// navigation.

extension ReferenceTarget {
  /// Whether the browser fetches ahead of a person who may never look.
  var isSpeculative: Bool { (request.secPurpose ?? []).starts(with: "prefetch".utf8) }

  /// Whether `Accept` has exactly `text/html` or `application/xhtml+xml` with a weight above 0.
  var acceptsPages: Bool {
    parts(of: request.accept ?? [], at: UInt8(ascii: ",")).contains { element in
      let parts = parts(of: element, at: UInt8(ascii: ";"))
      let isPage = isFoldedEqual(parts.first, "text/html") || isFoldedEqual(parts.first, "application/xhtml+xml")
      return isPage && isWeightAboveZero(parts.dropFirst())
    }
  }

  /// Splits outside quoted strings, and drops the blanks around the parts.
  private func parts(of text: Bytes, at separator: UInt8) -> [Bytes] {
    var parts: [Bytes] = [[]]
    var isQuoted = false
    var isEscaped = false
    for byte in text {
      if byte == separator && !isQuoted {
        parts.append([])
        continue
      }
      parts[parts.count - 1].append(byte)
      if isEscaped {
        isEscaped = false
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = isQuoted
      } else if byte == UInt8(ascii: "\"") {
        isQuoted.toggle()
      }
    }
    return parts.map { trimmed($0) }
  }

  /// The first `q` counts; without one the weight is 1.
  private func isWeightAboveZero(_ parameters: some Sequence<Bytes>) -> Bool {
    for parameter in parameters {
      let name = parameter.prefix { $0 != UInt8(ascii: "=") }
      guard isFoldedEqual(Bytes(name), "q") else { continue }
      let weight = Bytes(parameter.dropFirst(name.count + 1))
      return isWeight(weight) && weight.contains { (0x31...0x39).contains($0) }
    }
    return true
  }

  /// RFC 9110, 12.4.2: `0` or `1`, then optionally `.` and up to three digits, only zeroes after `1`.
  private func isWeight(_ weight: Bytes) -> Bool {
    guard let first = weight.first, first == UInt8(ascii: "0") || first == UInt8(ascii: "1") else { return false }
    if weight.count == 1 { return true }
    let digits = weight.dropFirst(2)
    return weight[1] == UInt8(ascii: ".") && digits.count <= 3 && digits.allSatisfy(isDigit)
      && (first == UInt8(ascii: "0") || digits.allSatisfy { $0 == UInt8(ascii: "0") })
  }
}

extension Reference {
  /// The first row of the table that matches.
  private func challengeVerdict(_ target: ReferenceTarget) -> Verdict {
    let request = target.request
    if credential.kind == .bearer { return .unauthorized }
    if isEqual(target.method, "GET") && ReferenceTarget.isWebSocket(request) { return .unauthorized }
    if !target.isGetOrHead { return .unauthorized }
    if isFoldedEqual(request.xRequestedWith, "XMLHttpRequest") { return .unauthorized }
    if target.isSpeculative { return .unauthorized }
    if isEqual(request.secFetchMode, "navigate") { return .redirect }
    if request.secFetchMode != nil { return .unauthorized }
    return target.acceptsPages ? .redirect : .unauthorized
  }

  private func prompt(_ reason: Reason) -> Prompt {
    switch reason {
    case .providerMismatch, .tenantMismatch: .chooser
    case .clockSkew, .factMissing, .signedOut, .suspended, .passwordResetRequired, .credentialChanged,
      .absoluteTimeout, .idleTimeout, .reauthenticationRequired:
      .login
    default: .none
    }
  }

  func challenge(_ refusal: Refusal, _ appIndex: Int, _ target: ReferenceTarget) -> Decision {
    var decision = Decision()
    decision.verdict = challengeVerdict(target)
    decision.reason = refusal.reason
    decision.clock = refusal.clock
    decision.appIndex = appIndex
    decision.prompt = prompt(refusal.reason)
    if decision.prompt == .login { decision.authenticatedAfter = refusal.authenticatedAfter ?? now }
    if refusal.reason == .reauthenticationRequired {
      let demand = policy.apps[appIndex].access.reauthentication?.value
      decision.reauthenticationMethod = demand?.method
      decision.reauthenticationMaxAgeSeconds = demand?.maxAgeSeconds ?? 0
    }
    return decision
  }
}
