// Settings, by the policy language's own table of keys: what it knows is carried as it is written, what it does not know is
// reported. Secrets are never carried, wherever a shape would let them through. What is known and cannot be carried leaves a
// hole, which `postern check` refuses: it may restrict access, and must not be missed.

internal import PosternLanguage

extension Reading {
  /// How an input spells the names of fields.
  enum Spelling {
    /// `loginPageUri` or `login_page_uri`.
    case api
    /// `login_page_uri`, objects as lists of one, and what is not set as null or empty.
    case terraform
    /// `loginPageURI`: initialisms in capitals.
    case kubernetes

    func matches(_ written: String, _ key: Key) -> Bool {
      switch self {
      case .api: written == key.name || written == key.snakeName
      case .terraform: written == key.snakeName
      case .kubernetes: written.lowercased() == key.name.lowercased()
      }
    }
  }

  /// The language's table of IapSettings.
  static let settingsKeys: KeySet = {
    let keys = KeySet.kinds.flatMap(\.keys).first { $0.name == "settings" }
    guard case .object(let settings)? = keys?.shape else { preconditionFailure("a level of the tree has settings") }
    return settings
  }()

  mutating func carrySettings(
    _ value: SourceValue, spelling: Spelling, withheld: Withheld = Withheld()
  ) -> TreeValue {
    carry(value, Self.settingsKeys, spelling, withheld)
  }

  /// A mapping against its table.
  private mutating func carry(
    _ value: SourceValue, _ keys: KeySet, _ spelling: Spelling, _ withheld: Withheld
  ) -> TreeValue {
    var result: [(key: String, value: TreeValue)] = []
    var seen: Set<String> = []
    for entry in value.entries ?? [] {
      guard let key = keys.keys.first(where: { spelling.matches(entry.key, $0) }) else { continue }
      guard seen.insert(key.name).inserted else {
        result.removeAll { $0.key == key.name }
        result.append((key.name, .hole("it is written twice, and which counts is not known")))
        continue
      }
      if let carried = carry(entry.value, key, spelling, withheld[entry.key]) { result.append((key.name, carried)) }
    }
    for name in withheld.names {
      guard let key = keys.keys.first(where: { spelling.matches(name, $0) }), Self.isApplied(key),
        !result.contains(where: { $0.key == key.name }), let why = withheld[name].reason
      else { continue }
      result.append((key.name, .hole(why)))
    }
    return .object(result)
  }

  /// nil where nothing is to be written.
  private mutating func carry(
    _ value: SourceValue, _ key: Key, _ spelling: Spelling, _ withheld: Withheld
  ) -> TreeValue? {
    if Self.isSecret(key) {
      ledger.explain(value, value.isEmpty ? .empty : Self.secretRemark)
      return nil
    }
    if let why = withheld.whole {
      lose(value, why)
      return Self.isApplied(key) ? .hole(why) : nil
    }
    if value.isNull || (spelling == .terraform && value.isEmpty) {
      ledger.explain(value, .empty)
      return nil
    }
    switch key.shape {
    case .object(let keys):
      let isBlock = spelling == .terraform && value.items?.count == 1
      let object = isBlock ? value.items?[0] : value
      guard let object, object.entries != nil else { return hole(value, "a mapping is expected") }
      if isBlock && object.entries?.isEmpty == true {
        ledger.explain(object, .empty)
        return nil
      }
      let carried = carry(object, keys, spelling, isBlock ? withheld[index: 0] : withheld)
      return carried.isEmptyObject && object.entries?.isEmpty == false ? nil : carried.standing(for: object)
    case .list:
      guard let items = value.items else { return hole(value, "a list is expected") }
      guard items.allSatisfy({ $0.scalar != nil && !$0.isNull }) else {
        return hole(value, "a list of texts is expected")
      }
      if items.isEmpty { return TreeValue(content: .list([]), leaves: Array(value.leaves)) }
      if let why = withheld.reason { return hole(value, why) }
      return .list(items.compactMap { item in item.scalar.map { TreeValue($0, item.leaves) } })
    case .anything: return copy(value)
    default:
      guard let scalar = value.scalar else { return hole(value, "a single value is expected") }
      return TreeValue(scalar, value.leaves)
    }
  }

  private mutating func hole(_ value: SourceValue, _ why: String) -> TreeValue {
    lose(value, why, help: "the tree has a place to fill in")
    return .hole(why)
  }

  // MARK: secrets

  static let secretRemark = Remark.lost(
    "secrets never stand in a policy tree", help: "give it to the gate, which keeps it")

  private static func isSecret(_ key: Key) -> Bool {
    if case .secret = key.handling { true } else { false }
  }

  /// Whether the language does anything with the value.
  private static func isApplied(_ key: Key) -> Bool {
    switch key.handling {
    case .read, .setting: true
    case .outputOnly, .notApplied, .secret: false
    }
  }

  /// A value as it is written, without what its name says is a secret; nil where nothing is left.
  mutating func copy(_ value: SourceValue) -> TreeValue? {
    switch value.content {
    case .scalar(let scalar):
      guard !value.isNull else {
        ledger.explain(value, .empty)
        return nil
      }
      return TreeValue(scalar, value.leaves)
    case .list(let items):
      if items.isEmpty { return TreeValue(content: .list([]), leaves: Array(value.leaves)) }
      return .list(items.compactMap { copy($0) })
    case .object(let entries):
      if entries.isEmpty { return TreeValue(content: .object([]), leaves: Array(value.leaves)) }
      var result: [(key: String, value: TreeValue)] = []
      for entry in entries where !result.contains(where: { $0.key == entry.key }) {
        if entry.key.lowercased().contains("secret") {
          ledger.explain(entry.value, Self.secretRemark)
        } else if let carried = copy(entry.value) {
          result.append((entry.key, carried))
        }
      }
      return .object(result)
    }
  }
}

extension TreeValue {
  /// An empty object stands for the leaf that an empty object of the input is.
  fileprivate func standing(for value: SourceValue) -> TreeValue {
    guard isEmptyObject else { return self }
    return TreeValue(content: content, leaves: Array(value.leaves))
  }
}

/// Values that an input has and withholds: Terraform's `after_unknown` and `sensitive_values`, which have the shape of the
/// values and `true` where one is withheld.
struct Withheld {
  private var mirrors: [(value: SourceValue, why: String)] = []

  init(_ mirrors: [(value: SourceValue?, why: String)] = []) {
    self.mirrors = mirrors.compactMap { mirror in mirror.value.map { ($0, mirror.why) } }
  }

  subscript(_ key: String) -> Withheld {
    Withheld(mirrors.flatMap { mirror in child(mirror, mirror.value[key]) })
  }

  subscript(index index: Int) -> Withheld {
    Withheld(
      mirrors.flatMap { mirror in
        child(mirror, mirror.value.items.flatMap { $0.indices.contains(index) ? $0[index] : nil })
      })
  }

  private func child(
    _ mirror: (value: SourceValue, why: String), _ value: SourceValue?
  ) -> [(value: SourceValue?, why: String)] {
    Self.isTrue(mirror.value) ? [(mirror.value, mirror.why)] : [(value, mirror.why)]
  }

  private static func isTrue(_ value: SourceValue) -> Bool { value.text == "true" }

  /// Why all of the value is withheld.
  var whole: String? { mirrors.first { Self.isTrue($0.value) }?.why }

  /// Why any part of the value is withheld.
  var reason: String? { marks.first?.why }

  /// Every place where a part is withheld, with its path below the value.
  var marks: [(path: String, value: SourceValue, why: String)] {
    mirrors.flatMap { mirror in Self.marks(mirror.value, "").map { ($0.path, $0.value, mirror.why) } }
  }

  private static func marks(_ value: SourceValue, _ path: String) -> [(path: String, value: SourceValue)] {
    switch value.content {
    case .scalar: isTrue(value) ? [(path, value)] : []
    case .list(let items): items.enumerated().flatMap { marks($1, "\(path)[\($0)]") }
    case .object(let entries): entries.flatMap { marks($0.value, "\(path).\($0.key)") }
    }
  }

  /// The keys of which some part is withheld.
  var names: [String] {
    mirrors.flatMap { $0.value.entries ?? [] }.map(\.key).filter { self[$0].reason != nil }
  }
}
