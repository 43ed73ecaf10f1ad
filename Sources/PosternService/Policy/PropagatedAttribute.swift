// An attribute of a person that an app is given (docs/language.md, "Propagation"). Which ones is fixed by the bundle. Refuses nothing: what a
// person does not have is told as nothing, so that what a client sends under its name never stands there instead.

internal import PosternBundle
internal import PosternKernel

/// One attribute that is passed on to an app.
struct PropagatedAttribute: Sendable {
  /// Where it is looked for.
  private enum List: UInt8 {
    case saml = 0
    case iap = 1
  }

  private let name: String
  private let list: List
  private let outputs: UInt8
  /// Its name in an assertion.
  let claimName: String
  /// Its header's name, in lower case; nil where it goes into none.
  let headerName: String?

  /// What a header takes; a longer value is left out.
  static let headerByteLimit = 4_096

  init?(_ contents: BundleContents, _ record: Int) {
    guard let list = List(rawValue: contents.byte(record + 16)) else { return nil }
    self.list = list
    name = contents.text(record)
    outputs = contents.byte(record + 17)
    claimName = contents.text(record + 8)
    let isStrict = contents.u16(record + 18) & PropagationFlag.strict != 0
    let isHeader = outputs & PropagationOutput.header != 0
    headerName = isHeader ? (isStrict ? "" : IdentityHeader.attributePrefix) + claimName.lowercased() : nil
  }

  var isClaim: Bool { outputs & PropagationOutput.jwt != 0 }

  /// What a person has of it; empty: nothing.
  func values(of person: Person) -> [String] {
    switch list {
    case .saml: Self.texts(Self.stated(by: person)[name])
    case .iap: Self.known(of: person, name)
    }
  }

  /// An identity platform keeps what a SAML provider stated apart (Google, "Identity Platform: custom claims of SAML providers").
  private static func stated(by person: Person) -> [String: JSON] {
    if case .object(let attributes)? = person.claims["firebase"]?["sign_in_attributes"] { return attributes }
    return person.claims
  }

  /// What the gate knows itself.
  private static func known(of person: Person, _ name: String) -> [String] {
    switch name {
    case "user_email": person.isEmailVerified ? person.email.map { [$0] } ?? [] : []
    case "user_id": [person.subject]
    case "provider": [person.provider]
    case "tenant": person.tenant.map { [$0] } ?? []
    case "hosted_domain": person.hostedDomain.map { [$0] } ?? []
    case "groups": person.groups
    default: []
    }
  }

  private static func texts(_ value: JSON?) -> [String] {
    switch value {
    case .text(let text)?: [text]
    case .int(let number)?: [String(number)]
    case .bool(let value)?: [value ? "true" : "false"]
    case .list(let values)?: values.flatMap { texts($0) }
    default: []
    }
  }

  /// The values as one line: joined by commas; a comma, a percent sign and what is no visible ASCII are percent-encoded (RFC 3986, 2.1).
  func headerValue(of person: Person) -> String {
    let line = values(of: person).map(Self.encoded).joined(separator: ",")
    return line.utf8.count <= Self.headerByteLimit ? line : ""
  }

  private static func encoded(_ value: String) -> String {
    var letters: [UInt8] = []
    let bytes = Array(value.utf8)
    for (index, byte) in bytes.enumerated() {
      // A blank at an end would be taken off on the way (RFC 9110, 5.5).
      let isInner = index > 0 && index < bytes.count - 1
      let isPlain = ((0x21..<0x7F).contains(byte) || byte == UInt8(ascii: " ") && isInner) && !reserved.contains(byte)
      letters += isPlain ? [byte] : [UInt8(ascii: "%"), hexadecimal(byte >> 4), hexadecimal(byte & 15)]
    }
    return String(decoding: letters, as: UTF8.self)
  }

  private static let reserved: Set<UInt8> = [UInt8(ascii: ","), UInt8(ascii: "%")]

  private static func hexadecimal(_ digit: UInt8) -> UInt8 {
    digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "A") + digit - 10
  }
}
