// Re-authentication down three levels, every setting against every other: the reader against an oracle written from the
// sentences of cloud-iap.md, and against a table written by hand.

import Testing

@testable import PosternLanguage

@Suite("Inheritance of re-authentication")
struct InheritanceReauthenticationTests {
  /// What one level may write; nil writes nothing.
  struct Written: Hashable, Sendable {
    var method: String
    var seconds: Int
    var type: String

    var yaml: String {
      let age = method == "METHOD_UNSPECIFIED" ? "" : "maxAge: \(seconds)s, "
      return "settings: {accessSettings: {reauthSettings: {method: \(method), \(age)policyType: \(type)}}}\n"
    }
  }

  static let levels: [Written?] = {
    var levels: [Written?] = [nil]
    for type in ["MINIMUM", "DEFAULT"] {
      for method in ["LOGIN", "PASSWORD", "ENROLLED_SECOND_FACTORS", "SECURE_KEY"] {
        for seconds in [300, 3_600] { levels.append(Written(method: method, seconds: seconds, type: type)) }
      }
      levels.append(Written(method: "METHOD_UNSPECIFIED", seconds: 0, type: type))
    }
    return levels
  }()

  /// The sentences of cloud-iap.md, one after the other.
  enum Oracle {
    static let precedence = ["LOGIN": 1, "PASSWORD": 1, "ENROLLED_SECOND_FACTORS": 2, "SECURE_KEY": 3]

    static func evaluate(_ levels: [Written?]) -> Written? {
      levels.dropFirst().reduce(own(levels[0])) { pair(upper: $0, lower: $1) }
    }

    /// At the top there is nothing to be switched off or to be below: METHOD_UNSPECIFIED under MINIMUM is absent.
    static func own(_ level: Written?) -> Written? {
      level?.method == "METHOD_UNSPECIFIED" && level?.type == "MINIMUM" ? nil : level
    }

    static func pair(upper: Written?, lower written: Written?) -> Written? {
      guard let upper else { return own(written) }
      if upper.type == "MINIMUM" {
        guard let lower = written, lower.method != "METHOD_UNSPECIFIED" else { return upper }
        let isLowerStronger = precedence[lower.method, default: 0] > precedence[upper.method, default: 0]
        return Written(
          method: isLowerStronger ? lower.method : upper.method, seconds: min(lower.seconds, upper.seconds),
          type: "MINIMUM")
      }
      return own(written) ?? upper
    }
  }

  static func text(_ settings: Written?) -> String {
    guard let settings else { return "none" }
    if settings.method == "METHOD_UNSPECIFIED" { return "off" }
    return "\(Oracle.precedence[settings.method, default: 0])/\(settings.seconds)/\(settings.type)"
  }

  static func text(_ settings: Reauthentication?) -> String {
    guard let settings else { return "none" }
    guard let method = settings.method else { return "off" }
    return "\(method.rawValue)/\(settings.maxAgeSeconds)/\(settings.policyType == .minimum ? "MINIMUM" : "DEFAULT")"
  }

  @Test("three levels, each with every setting, merge as cloud-iap.md says", arguments: levels.indices)
  func threeLevels(_ top: Int) throws {
    let organization = Tree.organization.replacing("absoluteTimeout: 14d", with: "absoluteTimeout: none")
    var files = [("organization.yaml", organization + (Self.levels[top]?.yaml ?? ""))]
    for (middle, folder) in Self.levels.enumerated() {
      files.append(("f\(middle)/folder.yaml", "kind: Folder\n" + (folder?.yaml ?? "")))
      for (bottom, app) in Self.levels.enumerated() {
        let name = "a-\(middle)-\(bottom)"
        let text = "kind: App\nname: \(name)\nroutes: [\(name).example.com]\n"
        files.append(("f\(middle)/\(name).yaml", text + (app?.yaml ?? "")))
      }
    }
    let policy = try #require(Tree(files: files).read().policy)
    let found = Dictionary(
      uniqueKeysWithValues: policy.apps.map { ($0.name.value, Self.text($0.access.reauthentication?.value)) })
    var expected: [String: String] = [:]
    for (middle, folder) in Self.levels.enumerated() {
      for (bottom, app) in Self.levels.enumerated() {
        expected["a-\(middle)-\(bottom)"] = Self.text(Oracle.evaluate([Self.levels[top], folder, app]))
      }
    }
    #expect(found == expected)
  }

  /// Upper, lower, what holds: method and age, `off`, or nothing.
  static let table: [(upper: String, lower: String, effective: String)] = [
    ("", "", "none"),
    ("", "LOGIN 600 MINIMUM", "1/600/MINIMUM"),
    ("", "LOGIN 600 DEFAULT", "1/600/DEFAULT"),
    ("", "METHOD_UNSPECIFIED 0 MINIMUM", "none"),
    ("", "METHOD_UNSPECIFIED 0 DEFAULT", "off"),
    ("SECURE_KEY 600 MINIMUM", "", "3/600/MINIMUM"),
    ("SECURE_KEY 600 MINIMUM", "LOGIN 300 DEFAULT", "3/300/MINIMUM"),
    ("LOGIN 300 MINIMUM", "SECURE_KEY 600 DEFAULT", "3/300/MINIMUM"),
    ("PASSWORD 600 MINIMUM", "LOGIN 900 MINIMUM", "1/600/MINIMUM"),
    ("SECURE_KEY 600 MINIMUM", "METHOD_UNSPECIFIED 0 DEFAULT", "3/600/MINIMUM"),
    ("SECURE_KEY 600 MINIMUM", "METHOD_UNSPECIFIED 0 MINIMUM", "3/600/MINIMUM"),
    ("SECURE_KEY 300 DEFAULT", "", "3/300/DEFAULT"),
    ("SECURE_KEY 300 DEFAULT", "LOGIN 900 MINIMUM", "1/900/MINIMUM"),
    ("SECURE_KEY 300 DEFAULT", "METHOD_UNSPECIFIED 0 DEFAULT", "off"),
    ("SECURE_KEY 300 DEFAULT", "METHOD_UNSPECIFIED 0 MINIMUM", "3/300/DEFAULT"),
  ]

  @Test("pairs merge as written down by hand", arguments: table.indices)
  func pairs(_ index: Int) throws {
    let row = Self.table[index]
    let yaml = { (text: String) -> String in
      let words = text.split(separator: " ").map(String.init)
      return words.count == 3 ? Written(method: words[0], seconds: Int(words[1]) ?? 0, type: words[2]).yaml : ""
    }
    let app = try #require(Tree.small(organization: yaml(row.upper), app: yaml(row.lower)).read().policy?.apps.first)
    #expect(Self.text(app.access.reauthentication?.value) == row.effective)
  }

  @Test("the place of the merge is that of the nearest level that had a say")
  func place() throws {
    let key = "settings: {accessSettings: {reauthSettings: {method: SECURE_KEY, maxAge: 600s, policyType: MINIMUM}}}\n"
    let off = "settings: {accessSettings: {reauthSettings: {method: METHOD_UNSPECIFIED, policyType: DEFAULT}}}\n"
    let inherited = try #require(Tree.small(organization: key, app: off).read().policy?.apps.first)
    let own = try #require(Tree.small(organization: key, app: key).read().policy?.apps.first)
    #expect(inherited.access.reauthentication?.span.fileIndex == 0)
    #expect(own.access.reauthentication?.span.fileIndex == 1)
  }
}
