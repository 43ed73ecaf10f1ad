// What keys a policy file may have, as data: the reader walks these tables, `schema/policy.schema.json` is held equal
// to them by a test, and `docs/language.md` describes them. A key that is not here is refused.

/// The keys of one kind of mapping.
package struct KeySet: Sendable {
  /// Stable; the name of the schema's definition.
  package let name: String
  package let keys: [Key]
  /// Whether API files spell these keys in snake_case too.
  package let acceptsSnakeCase: Bool
  /// Whether these keys are names of headers.
  package let ignoresCase: Bool
  /// Whether other keys with texts may stand beside these.
  package let isOpen: Bool

  init(
    _ name: String, acceptsSnakeCase: Bool = false, ignoresCase: Bool = false, isOpen: Bool = false, _ keys: [Key]
  ) {
    self.name = name
    self.keys = keys
    self.acceptsSnakeCase = acceptsSnakeCase
    self.ignoresCase = ignoresCase
    self.isOpen = isOpen
  }

  /// The index of a key by either of its spellings.
  func index(of text: String) -> Int? {
    if let index = keys.firstIndex(where: { $0.name == text }) { return index }
    if ignoresCase { return keys.firstIndex { $0.name == text.lowercased() } }
    return acceptsSnakeCase ? keys.firstIndex { $0.snakeName == text } : nil
  }
}

/// One key: what its value must be, and what is done with it.
package struct Key: Sendable {
  package let name: String
  package let snakeName: String
  package let shape: Shape
  package let isRequired: Bool
  package let handling: Handling
  /// One line for editors and for `docs/language.md`.
  package let summary: String

  init(_ name: String, _ shape: Shape, required isRequired: Bool = false, _ summary: String) {
    self.init(name, shape, .read, isRequired: isRequired, summary)
  }

  init(_ name: String, _ shape: Shape, _ handling: Handling, _ summary: String) {
    self.init(name, shape, handling, isRequired: false, summary)
  }

  private init(_ name: String, _ shape: Shape, _ handling: Handling, isRequired: Bool, _ summary: String) {
    self.name = name
    self.snakeName = Self.snakeCase(name)
    self.shape = shape
    self.isRequired = isRequired
    self.handling = handling
    self.summary = summary
  }

  /// What a value must be.
  package indirect enum Shape: Sendable {
    case text
    case flag
    /// Decimal digits.
    case count
    /// `8h`, `1h30m`, `90s`.
    case duration
    /// RFC 3339, or a duration before or after `now`.
    case time
    case oneOf([String])
    case list(Shape)
    case object(KeySet)
    /// Claims: any key, any value.
    case anything
    case either([Shape])
  }

  /// What becomes of a value.
  package enum Handling: Sendable {
    /// The reader of its mapping takes it.
    case read
    /// Kept in the level's settings.
    case setting(SettingField)
    /// Written by Google alone; accepted and without meaning here.
    case outputOnly
    /// Accepted with a warning that says why it is not applied.
    case notApplied(String)
    /// Refused: secrets never stand in a policy tree.
    case secret
  }

  /// `loginPageUri` as `login_page_uri`; a run of capitals is one word, as in `clientID`.
  static func snakeCase(_ name: String) -> String {
    var result = ""
    var isAfterLower = false
    for character in name {
      if character.isUppercase && isAfterLower { result += "_" }
      isAfterLower = !character.isUppercase
      result += character.lowercased()
    }
    return result
  }
}

/// The leaves of IapSettings, as they are inherited: the nearest level that writes one wins.
package enum SettingField: UInt8, CaseIterable, Sendable {
  case identitySources, tenantIDs, loginPageURI, allowHTTPOptions, loginHint, oauthClientID, programmaticClients
  /// Merged, not replaced; see `Reauthentication+Merge.swift`.
  case reauthentication
  case allowedDomainsEnable, allowedDomains, workforcePools, workforceClientID
  case rctokenAudience, accessDeniedPageURI, generateTroubleshootingURI, remediationTokenGeneration
  case attributePropagationEnable, attributePropagationExpression, attributePropagationOutputs
}
