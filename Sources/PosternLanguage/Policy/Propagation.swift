// What of a person's attributes the gate passes on to an app: a table that stands fixed before anybody asks. Refuses
// nothing; `Policy.read` makes it of `attributePropagationSettings` and checks it (docs/language.md, "Propagation").

/// `attributePropagationSettings`, where enabled.
public struct Propagation: Hashable, Sendable {
  /// A credential that attributes are written into. Numbers are bits in docs/bundle-format.md, "propagation".
  public enum Output: UInt8, CaseIterable, Sendable {
    /// Request headers, whose names begin with `headerPrefix`.
    case header = 1
    /// `additional_claims` of the assertion.
    case jwt = 2
    /// `additional_claims` of the token in the request context.
    case rctoken = 4

    /// The word for it in `outputCredentials`.
    public var name: String {
      switch self {
      case .header: "HEADER"
      case .jwt: "JWT"
      case .rctoken: "RCTOKEN"
      }
    }
  }

  /// A list of attributes that an expression selects from.
  public enum Source: UInt8, CaseIterable, Sendable {
    /// What the identity provider's SAML assertion states.
    case saml = 0
    /// What the gate itself knows of the person.
    case iap = 1

    /// The list's name below `attributes`.
    public var name: String {
      switch self {
      case .saml: "saml_attributes"
      case .iap: "iap_attributes"
      }
    }
  }

  /// One attribute that is passed on.
  public struct Attribute: Hashable, Sendable {
    /// The list that it is selected from.
    public var source: Source
    /// Its name there; a person who has no such attribute passes nothing on.
    public var name: String
    /// Its name in the output credentials.
    public var emittedName: String
    /// Whether its header is named without `headerPrefix`.
    public var isStrict: Bool
    /// Whether `decorate` stands on it.
    public var isDecorated: Bool

    public init(
      source: Source, name: String, emittedName: String, isStrict: Bool = false, isDecorated: Bool = false
    ) {
      self.source = source
      self.name = name
      self.emittedName = emittedName
      self.isStrict = isStrict
      self.isDecorated = isDecorated
    }
  }

  /// The expression that selects the attributes.
  public var expression: Sourced<String>
  /// Where each of them goes, at least one.
  public var outputs: [Output]
  /// What the expression selects, in its order; at most `attributeLimit`, and no two that an output could not tell apart.
  public var attributes: [Attribute]

  /// The most attributes of one expression (cloud-iap.md).
  public static let attributeLimit = 45
  /// The most bytes of a name.
  public static let nameByteLimit = 256
  /// What a header's name begins with, unless the attribute is strict (cloud-iap.md).
  public static let headerPrefix = "x-goog-iap-attr-"

  public init(expression: Sourced<String>, outputs: [Output], attributes: [Attribute] = []) {
    self.expression = expression
    self.outputs = outputs
    self.attributes = attributes
  }
}
