// The device flow (RFC 8628): for tools without a browser beside them. The person opens a page of the gate's in any browser, logs in, and says
// yes to a code that the tool shows. Refuses guesses beyond a few, and polls that come too fast.

internal import CPostern
internal import Logging

/// What a device waits for, as the store keeps it.
struct DeviceAuthorization: Codable, Equatable {
  static let grantType = "urn:ietf:params:oauth:grant-type:device_code"
  static let lifetimeMilliseconds: Int64 = 600_000
  static let pollSeconds: Int64 = 5
  /// How many devices of one address may begin in ten minutes, and how many codes a person may try: of 34 bits.
  static let beginLimit = 30
  static let guessLimit = 10

  enum Status: Codable, Equatable {
    case pending
    case granted(Gate.Granting)
    case denied
  }

  var client: String
  var scopes: [String]
  var status = Status.pending
  var expiresAt: Int64

  static func name(_ device: SessionKey) -> String { "device:\(device.text)" }
  static func pollName(_ device: SessionKey) -> String { "poll:\(device.text)" }
  static func userName(_ code: String) -> String { "user code:\(code)" }

  /// Letters that no word is made of, and nobody takes for digits (RFC 8628, 6.1).
  private static let letters = Array("BCDFGHJKLMNPQRSTVWXZ")
  private static let letterCount = 8

  /// Eight random letters: 34 bits, of which a few may be guessed.
  static func newUserCode() -> String {
    var generator = SystemRandomNumberGenerator()
    return String((0..<letterCount).map { _ in letters.randomElement(using: &generator) ?? "B" })
  }

  /// As people read it.
  static func shown(_ code: String) -> String { "\(code.prefix(4))-\(code.suffix(4))" }

  /// What somebody typed, as it is kept; nil where it cannot be one.
  static func userCode(typed text: String) -> String? {
    let code = text.uppercased().filter { $0 != "-" && $0 != " " }
    return code.count == letterCount && code.allSatisfy(letters.contains) ? code : nil
  }
}

extension Gate {
  /// A device begins (RFC 8628, 3.1).
  func authorizeDevice(_ form: Form, _ client: OAuthClient, from address: String) async throws -> Answer {
    guard client.allowsDevice else { throw OAuthRefusal(.unauthorizedClient) }
    guard let scopes = client.requested(form["scope"]) else { throw OAuthRefusal(.invalidScope) }
    guard try await isWithin(DeviceAuthorization.beginLimit, "begun:\(address)") else {
      throw OAuthRefusal(.slowDown, reason: "tooManyDevices")
    }
    let device = SessionIdentifier()
    let expiresAt = clock.now + DeviceAuthorization.lifetimeMilliseconds
    let waiting = DeviceAuthorization(client: client.id, scopes: scopes, expiresAt: expiresAt)
    try await store.put(waiting.jsonBytes, under: DeviceAuthorization.name(device.key), until: expiresAt)
    let code = try await userCode(for: device.key, until: expiresAt)
    let page = "\(issuer)/device"
    let shown = DeviceAuthorization.shown(code)
    var answer = Answer(generated: 200, reason: "device")
    answer.setJSON(
      .object([
        "device_code": .text(device.text), "user_code": .text(shown), "verification_uri": .text(page),
        "verification_uri_complete": .text("\(page)?user_code=\(shown)"),
        "expires_in": .int(DeviceAuthorization.lifetimeMilliseconds / 1_000),
        "interval": .int(DeviceAuthorization.pollSeconds),
      ]))
    return answer
  }

  /// A code that nobody has.
  private func userCode(for device: SessionKey, until expiresAt: Int64) async throws(StoreFault) -> String {
    for _ in 0..<8 {
      let code = DeviceAuthorization.newUserCode()
      let name = DeviceAuthorization.userName(code)
      let value = Array(device.text.utf8)
      if try await store.replace(nil, by: value, under: name, until: expiresAt, at: clock.now) { return code }
    }
    throw StoreFault(description: "no code of a device is free")
  }

  /// A device asks whether its person has answered (RFC 8628, 3.4 and 3.5).
  func redeemDevice(_ form: Form, _ client: OAuthClient) async throws -> Answer {
    guard client.allowsDevice else { throw OAuthRefusal(.unauthorizedClient) }
    guard let text = form["device_code"] else { throw OAuthRefusal(.invalidRequest, "`device_code` is missing") }
    guard let device = SessionIdentifier(text)?.key, let waiting = try await waiting(device)?.waiting else {
      throw OAuthRefusal(.expiredToken, reason: "unknownDevice")
    }
    guard waiting.client == client.id else { throw OAuthRefusal(.invalidGrant, reason: "deviceOfAnother") }
    // A little less than the interval: what is sent in time may come early.
    let next = clock.now + DeviceAuthorization.pollSeconds * 1_000 - 500
    switch waiting.status {
    case .pending:
      guard try await store.claim(DeviceAuthorization.pollName(device), until: next, at: clock.now) else {
        throw OAuthRefusal(.slowDown)
      }
      throw OAuthRefusal(.authorizationPending)
    case .denied: throw OAuthRefusal(.accessDenied)
    case .granted(let granting):
      guard try await store.take(DeviceAuthorization.name(device), at: clock.now) != nil else {
        throw OAuthRefusal(.expiredToken, reason: "deviceTwice")
      }
      return try await issue(granting, to: client, as: SessionIdentifier(), resource: form["resource"])
    }
  }

  private func waiting(_ device: SessionKey) async throws(StoreFault) -> (bytes: [UInt8], waiting: DeviceAuthorization)?
  {
    guard let bytes = try await store.look(DeviceAuthorization.name(device), at: clock.now) else { return nil }
    return DeviceAuthorization.read(json: bytes).map { (bytes, $0) }
  }

  // MARK: the person's page

  /// What a person says of a device.
  private struct DeviceAnswer: Codable {
    var device: SessionKey
    var code: String
    var login: SessionKey
    var isGranted: Bool
    var expiresAt: Int64
  }

  /// Asks for the code, then whether it is theirs.
  func devicePage(_ request: ClientRequest) async -> Answer {
    let typed = request.queryFields["user_code"] ?? ""
    do throws(StoreFault) {
      guard let current = try await currentLogin(request), try await !isReplaced(current.key) else {
        return logInForDevice(typed)
      }
      if typed.isEmpty { return page(Page.deviceCode(wrong: false), status: 200, reason: "device") }
      guard try await isWithin(DeviceAuthorization.guessLimit, "guess:\(Self.subject(current.login.person))") else {
        log.info("a device's code was refused", metadata: ["reason": "tooManyGuesses"])
        return failure("Too many codes were tried. Wait ten minutes.", again: nil, status: 429)
      }
      guard let code = DeviceAuthorization.userCode(typed: typed), let (device, waiting) = try await device(of: code),
        let client = policy.oauthClient(waiting.client)
      else {
        log.info("a device's code was refused", metadata: ["reason": "wrongDeviceCode"])
        return page(Page.deviceCode(wrong: true), status: 200, reason: "wrongDeviceCode")
      }
      guard try await oauthLogin(request, for: client) != nil,
        decideNew(current.login, waiting.scopes, client).isAllowed
      else { return logIn(for: client, target: Self.devicePage(typed), after: clock.now, method: client.method) }
      let tokens = [true, false].map { isGranted in
        sealer.seal(
          DeviceAnswer(
            device: device, code: code, login: current.key, isGranted: isGranted, expiresAt: waiting.expiresAt),
          for: .device)
      }
      return page(
        Page.device(
          client.displayName, code: DeviceAuthorization.shown(code), scopes: waiting.scopes,
          principal: current.login.person.principal, allow: tokens[0], deny: tokens[1]), status: 200, reason: "device")
    } catch {
      return storeFailure(error)
    }
  }

  func page(_ page: String, status: Int, reason: String) -> Answer {
    var answer = Answer(generated: status, reason: reason)
    answer.setPage(page)
    return answer
  }

  func storeFailure(_ fault: StoreFault) -> Answer {
    log.error("the session store cannot be asked", metadata: ["error": "\(fault)"])
    return failure("This is not possible right now.", again: nil, status: 503)
  }

  private func device(of code: String) async throws(StoreFault) -> (SessionKey, DeviceAuthorization)? {
    guard let bytes = try await store.look(DeviceAuthorization.userName(code), at: clock.now),
      let device = SessionKey(String(decoding: bytes, as: UTF8.self)), let waiting = try await waiting(device)?.waiting,
      waiting.status == .pending
    else { return nil }
    return (device, waiting)
  }

  /// Whether something has happened fewer than `limit` times in ten minutes; it has happened once more then.
  private func isWithin(_ limit: Int, _ name: String) async throws(StoreFault) -> Bool {
    let end = clock.now + DeviceAuthorization.lifetimeMilliseconds
    for number in 0..<limit {
      if try await store.claim("\(name):\(number)", until: end, at: clock.now) { return true }
    }
    return false
  }

  private static func devicePage(_ typed: String) -> String {
    typed.isEmpty ? "/device" : "/device?\(FormEncoding.form([("user_code", typed)]))"
  }

  /// Whoever types a code logs in as for the apps of any client that has this flow.
  private func logInForDevice(_ typed: String) -> Answer {
    guard let client = policy.oauthClients.first(where: \.allowsDevice) else {
      return failure("No application signs in here with a code.", again: nil, status: 404)
    }
    return logIn(for: client, target: Self.devicePage(typed), after: 0, method: 0)
  }

  /// The person has answered.
  func decideDevice(_ request: ClientRequest) async -> Answer {
    let form = request.formFields
    guard let said = sealer.open(form["token"] ?? "", for: .device, as: DeviceAnswer.self), said.expiresAt > clock.now
    else { return failure("This question is over.", again: nil, status: 400) }
    do throws(StoreFault) {
      guard try await currentLogin(request)?.key == said.login else {
        return failure("This question was another browser's.", again: nil, status: 400)
      }
      guard let (bytes, waiting) = try await waiting(said.device), waiting.status == .pending else {
        return failure("This code has been answered already.", again: nil, status: 400)
      }
      var answered = waiting
      answered.status =
        said.isGranted
        ? .granted(
          Granting(client: waiting.client, scopes: waiting.scopes, origin: said.login, grantedAt: clock.now)) : .denied
      let isTold = try await store.replace(
        bytes, by: answered.jsonBytes, under: DeviceAuthorization.name(said.device), until: waiting.expiresAt,
        at: clock.now)
      if !isTold { return failure("This code has been answered already.", again: nil, status: 400) }
      _ = try await store.take(DeviceAuthorization.userName(said.code), at: clock.now)
      return page(Page.deviceAnswered(isGranted: said.isGranted), status: 200, reason: "deviceAnswered")
    } catch {
      return storeFailure(error)
    }
  }
}
