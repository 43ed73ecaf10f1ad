// What an authorization server says, as it is read (RFC 6749, 8414, 8628). Refuses tokens with letters that no token has: they stand in headers
// and on lines of their own.

internal import PosternCompiler

/// What is given for a code, a device or a refresh token (RFC 6749, 5.1).
struct TokenAnswer: Decodable {
  let accessToken: String
  let tokenType: String
  let expiresIn: Int64?
  let refreshToken: String?

  private enum CodingKeys: String, CodingKey {
    case accessToken = "access_token", tokenType = "token_type", expiresIn = "expires_in"
    case refreshToken = "refresh_token"
  }

  /// Whether it can be sent: `Bearer`, and the letters of RFC 6750, 2.1.
  fileprivate var isUsable: Bool {
    tokenType.lowercased() == "bearer" && accessToken.utf8.count <= Self.byteLimit
      && accessToken.wholeMatch(of: /[A-Za-z0-9._~+\/-]+=*/) != nil
      && refreshToken.map(Self.isPlain) != false
  }

  private static func isPlain(_ token: String) -> Bool {
    (1...byteLimit).contains(token.utf8.count) && token.utf8.allSatisfy { (0x20...0x7E).contains($0) }
  }

  private static let byteLimit = 32 << 10
}

/// What a server says to a device (RFC 8628, 3.2).
struct DeviceAnswer: Decodable {
  let deviceCode: String
  let userCode: String
  let verificationURI: String
  let completeURI: String?
  let expiresIn: Int64
  let interval: Int64?

  private enum CodingKeys: String, CodingKey {
    case deviceCode = "device_code", userCode = "user_code", verificationURI = "verification_uri"
    case completeURI = "verification_uri_complete", expiresIn = "expires_in", interval
  }
}

/// Why a server does not do what it is asked (RFC 6749, 5.2).
struct ServerRefusal: Decodable {
  let error: String
  let text: String?
  let subtype: String?
  let reauthenticationURI: String?
  let reauthenticationMethod: String?
  let interval: Int64?

  private enum CodingKeys: String, CodingKey {
    case error, text = "error_description", subtype = "error_subtype", reauthenticationURI = "reauthentication_uri"
    case reauthenticationMethod = "reauthentication_method", interval
  }

  /// The server's words, as they may stand on a terminal.
  var shownText: String { Self.shown(error: error, text: text) }

  static func shown(error: String, text: String?) -> String {
    Wording.printable(String(error.prefix(100)) + (text.map { " (\($0.prefix(300)))" } ?? ""))
  }
}

/// What became of asking for a token.
enum TokenReply {
  case granted(TokenAnswer)
  case refused(ServerRefusal)

  init(_ answer: ServerAnswer, from endpoint: SecureAddress) throws {
    if answer.status == 200, let granted = TokenAnswer.read(json: answer.body), granted.isUsable {
      self = .granted(granted)
    } else if (400..<500).contains(answer.status), let refusal = ServerRefusal.read(json: answer.body) {
      self = .refused(refusal)
    } else {
      throw CommandFailure(
        "\(endpoint.text) gives no token, and no reason that OAuth knows: it answered with status \(answer.status)")
    }
  }
}
