// What an OAuth client is told when it is refused: the errors of RFC 6749 exactly, with what a tool needs to go on beside them, and nothing
// that would help somebody who guesses.

/// A refusal at the token endpoint, or at one like it (RFC 6749, 5.2).
struct OAuthRefusal: Error, Equatable {
  enum Code: String {
    case invalidRequest = "invalid_request"
    case invalidClient = "invalid_client"
    case invalidGrant = "invalid_grant"
    case unauthorizedClient = "unauthorized_client"
    case unsupportedGrantType = "unsupported_grant_type"
    case unsupportedResponseType = "unsupported_response_type"
    case invalidScope = "invalid_scope"
    /// RFC 8707, 2.
    case invalidTarget = "invalid_target"
    case accessDenied = "access_denied"
    case loginRequired = "login_required"
    case serverError = "server_error"
    case temporarilyUnavailable = "temporarily_unavailable"
    /// RFC 8628, 3.5.
    case authorizationPending = "authorization_pending"
    case slowDown = "slow_down"
    case expiredToken = "expired_token"
  }

  let code: Code
  /// For whoever writes the client; says nothing of whether a secret was nearly right.
  var description = ""
  /// For the log alone.
  var reason = ""
  var subtype: String?
  /// What a tool of our own needs to re-authenticate its person.
  var reauthentication: Reauthentication?

  struct Reauthentication: Equatable {
    var url: String
    /// `password` or `security_key`.
    var method: String
  }

  init(_ code: Code, _ description: String = "", reason: String = "") {
    self.code = code
    self.description = description
    self.reason = reason.isEmpty ? code.rawValue : reason
  }

  /// The answer, for the client alone.
  var answer: Answer {
    var answer = Answer(generated: status, reason: reason)
    var members: [String: JSON] = ["error": .text(code.rawValue)]
    if !description.isEmpty { members["error_description"] = .text(description) }
    if let subtype { members["error_subtype"] = .text(subtype) }
    if let reauthentication {
      members["reauthentication_uri"] = .text(reauthentication.url)
      members["reauthentication_method"] = .text(reauthentication.method)
      members["interval"] = .int(DeviceAuthorization.pollSeconds)
    }
    if code == .invalidClient { answer.headers.set("www-authenticate", "Basic realm=\"oauth\"") }
    // What was refused, and why, is the log's.
    answer.headers.set("x-postern-reason", code.rawValue)
    answer.setJSON(.object(members))
    answer.headers.set("pragma", "no-cache")
    return answer
  }

  private var status: Int {
    switch code {
    case .invalidClient: 401
    case .serverError: 500
    case .temporarilyUnavailable: 503
    default: 400
    }
  }
}
