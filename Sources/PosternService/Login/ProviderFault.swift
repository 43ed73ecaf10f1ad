// What can be wrong with a provider or with what it says. The wording is for the log: a person is told less.

/// Why a login or a token is not believed.
struct ProviderFault: Error, Equatable, CustomStringConvertible {
  enum Kind: Sendable {
    /// The provider cannot be asked, or its answer cannot be read: not the person's fault.
    case unavailable
    /// The provider or the client says something that cannot be believed.
    case refused
  }

  let kind: Kind
  let description: String
  /// The error's code, where a token endpoint said one (RFC 6749, 5.2).
  var code: String?

  static func unavailable(_ description: String) -> ProviderFault {
    ProviderFault(kind: .unavailable, description: description)
  }

  static func refused(_ description: String) -> ProviderFault {
    ProviderFault(kind: .refused, description: description)
  }
}
