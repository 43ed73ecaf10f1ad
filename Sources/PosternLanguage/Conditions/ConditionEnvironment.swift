// What a condition may ask for: the attributes with their types, as data, and a variable for each access level. Refuses
// nothing; a name that is not here is undeclared.

public import PosternCEL

/// The declared attributes; their values are told in `docs/language.md`, "Conditions".
public enum ConditionEnvironment {
  /// One attribute.
  public struct Attribute: Sendable {
    /// The qualified name.
    public let name: String
    /// The type that expressions are checked with.
    public let type: CELType
    /// What it is, in one line.
    public let summary: String

    init(_ name: String, _ type: CELType, _ summary: String) {
      self.name = name
      self.type = type
      self.summary = summary
    }
  }

  static let time = "request.time"
  static let headers = "request.headers"
  static let claims = "request.auth.claims"
  static let accessLevels = "request.auth.access_levels"
  static let levelPrefix = "levels."
  package static let devicePrefix = "device."

  /// Every attribute but the access levels.
  public static let attributes: [Attribute] = request + auth + network + device + resource

  /// The types of the attributes by their names.
  package static let types = Dictionary(attributes.map { ($0.name, $0.type) }) { first, _ in first }

  private static let request = [
    Attribute("request.path", .string, "The path, in the form at hand: decoded, and again in normal form."),
    Attribute("request.host", .string, "The host in lower case, without port and trailing dot."),
    Attribute("request.method", .string, "The method as it came, case and all."),
    Attribute("request.scheme", .string, "The scheme as it came."),
    Attribute("request.query", .string, "The raw query, without the `?`."),
    Attribute(time, .timestamp, "The instant of the decision."),
    Attribute(headers, .map(key: .string, value: .string), "The headers by name, in lower case."),
  ]

  private static let auth = [
    Attribute("request.auth.principal", .string, "The e-mail where it is verified, otherwise the subject."),
    Attribute(claims, .map(key: .string, value: .dyn), "The provider's claims by name."),
    Attribute(accessLevels, .list(.string), "The names of the declared access levels that hold."),
  ]

  private static let network = [
    Attribute("origin.ip", .string, "The client's address in its canonical form."),
    Attribute("origin.region_code", .string, "The region that the client's address is in."),
    Attribute("destination.ip", .string, "The address that the request was sent to, in its canonical form."),
    Attribute("destination.port", .int, "The port that the request was sent to."),
  ]

  private static let device = [
    Attribute("device.encryption_status", .string, "Whether the disk is encrypted, as `ENCRYPTED`."),
    Attribute("device.os_type", .string, "The operating system, as `DESKTOP_MAC`."),
    Attribute("device.os_version", .string, "The operating system's version."),
    Attribute("device.is_admin_approved_device", .bool, "Whether an administrator has approved the device."),
    Attribute("device.is_corp_owned_device", .bool, "Whether the organization owns the device."),
    Attribute("device.screen_lock", .bool, "Whether the screen locks."),
    Attribute("device.verified_chrome_os", .bool, "Whether it is a verified Chrome OS device."),
  ]

  private static let resource = [
    Attribute("resource.name", .string, "The app's name."),
    Attribute("resource.type", .string, "`iap.googleapis.com/WebService`."),
    Attribute("resource.service", .string, "`iap.googleapis.com`."),
  ]

  /// The environment in which the conditions of a tree are checked.
  static func environment(levels: LevelNames) -> CELEnvironment {
    let own = attributes.map { ($0.name, $0.type) }
    let level = levels.variables.keys.map { (levelPrefix + $0, CELType.bool) }
    return CELEnvironment(variables: Dictionary(own + level) { first, _ in first })
  }
}

/// The names by which conditions refer to access levels.
struct LevelNames {
  /// Indices of levels by their whole names.
  private(set) var indices: [String: Int] = [:]
  /// Indices of levels by the name after `levels.`: the last part, where only one level has it.
  private(set) var variables: [String: Int] = [:]

  init(_ levels: [AccessLevel]) {
    var ambiguous: Set<String> = []
    for (index, level) in levels.enumerated() {
      let name = level.name.value
      guard indices.updateValue(index, forKey: name) == nil else { continue }
      let last = Self.lastPart(of: name)
      if variables.updateValue(index, forKey: last) != nil { ambiguous.insert(last) }
    }
    for name in ambiguous { variables[name] = nil }
  }

  /// `corp` of `accessPolicies/1/accessLevels/corp`.
  static func lastPart(of name: String) -> String { name.split(separator: "/").last.map(String.init) ?? name }

  /// What an unknown name was probably meant to be.
  func nearest(to name: String) -> String? {
    let names = indices.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let last = Self.lastPart(of: name)
    return names.first { Self.lastPart(of: $0) == last } ?? NearestName.of(name, among: names)
  }
}
