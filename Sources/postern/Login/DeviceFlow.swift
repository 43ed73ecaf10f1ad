// A login on another device (RFC 8628): this machine shows an address and a code, and asks until the person has entered it. Refuses to ask more
// often than the server lets it, and after the code has expired.

internal import PosternCompiler

/// One login.
struct DeviceFlow {
  let server: AuthorizationServer
  let client: String
  let scopes: [String]

  private static let usualIntervalSeconds: Int64 = 5
  /// What `slow_down` adds.
  private static let slowerSeconds: Int64 = 5
  private static let longestIntervalSeconds: Int64 = 60
  private static let longestSeconds: Int64 = 3_600

  func run() throws -> TokenAnswer {
    let device = try ask()
    show(device)
    var intervalSeconds = max(0, min(device.interval ?? Self.usualIntervalSeconds, Self.longestIntervalSeconds))
    let end = ContinuousClock.now + .seconds(max(0, min(device.expiresIn, Self.longestSeconds)))
    while true {
      // A server that names no pause is not asked without any.
      Clock.pause(milliseconds: max(intervalSeconds * 1_000, 100))
      if ContinuousClock.now >= end { throw Self.expired() }
      switch try poll(device) {
      case .granted(let answer)?: return answer
      case .refused(let refusal)?:
        if try Self.isSlower(after: refusal, server) { intervalSeconds += Self.slowerSeconds }
      case nil: intervalSeconds = max(1, min(intervalSeconds * 2, Self.longestIntervalSeconds))
      }
    }
  }

  private func ask() throws -> DeviceAnswer {
    let endpoint = try server.deviceEndpoint()
    var form = [("client_id", client)]
    if !scopes.isEmpty { form.append(("scope", scopes.joined(separator: " "))) }
    let answer = try server.http.post(endpoint, form)
    if answer.status == 200, let device = DeviceAnswer.read(json: answer.body) { return device }
    if let refusal = ServerRefusal.read(json: answer.body) {
      throw CommandFailure("\(server.issuer.text) refuses the login: \(refusal.shownText)")
    }
    throw CommandFailure("\(endpoint.text) gives no code for a device: it answered with status \(answer.status)")
  }

  private func show(_ device: DeviceAnswer) {
    var text = "Log in on any device at this address, with the code \(Wording.printable(device.userCode)):\n\n"
    text += "  \(Wording.printable(device.verificationURI))\n\n"
    if let address = device.completeURI {
      text += "or at this one, and compare the code:\n\n  \(Wording.printable(address))\n\n"
    }
    StandardError.write(text)
  }

  /// What the server says now; nil where it cannot be asked, which may pass (RFC 8628, 3.5).
  private func poll(_ device: DeviceAnswer) throws -> TokenReply? {
    do {
      return try server.askForToken([
        ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"), ("device_code", device.deviceCode),
        ("client_id", client),
      ])
    } catch is ServerUnreachable {
      return nil
    }
  }

  /// Whether to ask more slowly from now on; what is no reason to ask again is thrown.
  private static func isSlower(after refusal: ServerRefusal, _ server: AuthorizationServer) throws -> Bool {
    switch refusal.error {
    case "authorization_pending": return false
    case "slow_down": return true
    case "expired_token": throw expired()
    default: throw CommandFailure("\(server.issuer.text) refuses the login: \(refusal.shownText)")
    }
  }

  private static func expired() -> CommandFailure {
    CommandFailure(
      "nobody has entered the code before it expired: run `postern login --device` again", status: .personNeeded)
  }
}
