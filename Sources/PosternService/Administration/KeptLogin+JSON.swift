// What the administration socket says of a login. Never a token, and no claim beside who it is. Refuses nothing.

internal import CPostern

extension KeptLogin {
  /// Instants are milliseconds since 1970.
  var json: JSON {
    let person = login.person
    return .object([
      "key": .text(key.text), "provider": .text(person.provider), "subject": .text(person.subject),
      "email": person.email.map(JSON.text) ?? .null, "emailVerified": .bool(person.isEmailVerified),
      "tenant": person.tenant.map(JSON.text) ?? .null, "client": login.client.map(JSON.text) ?? .null,
      "authenticatedAt": .int(login.authenticatedAt),
      "account": .text(account.stateName), "accountCheckedAt": .int(account.checkedAt),
      "sessions": .list(sessions.map(\.json)),
    ])
  }
}

extension KeptSession {
  fileprivate var json: JSON {
    .object([
      "key": .text(key.text), "host": .text(session.host), "startedAt": .int(session.startedAt),
      "lastSeen": .object(lastSeenAt.mapValues(JSON.int)),
    ])
  }
}

extension AccountState {
  /// As the language writes it.
  fileprivate var stateName: String {
    switch Int(state) {
    case POSTERN_ACCOUNT_ACTIVE: "active"
    case POSTERN_ACCOUNT_SIGNED_OUT: "signedOut"
    case POSTERN_ACCOUNT_SUSPENDED: "suspended"
    case POSTERN_ACCOUNT_PASSWORD_RESET_REQUIRED: "passwordResetRequired"
    case POSTERN_ACCOUNT_CREDENTIAL_CHANGED: "credentialChanged"
    default: "unknown"
    }
  }
}
