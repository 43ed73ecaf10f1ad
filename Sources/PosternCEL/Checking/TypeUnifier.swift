// Type parameters and what they stand for: assignability, the join of types, substitution. Bounded in depth and steps;
// what passes the bounds is remembered in `isExhausted` and counts as assignable, because the check is refused as a
// whole then.

struct TypeUnifier {
  /// Levels of a type's nesting.
  private static let depth = 2 * CELLimits.depth

  private var bindings: [String: CELType] = [:]
  /// What bindings were before they changed, for taking back what a failed attempt bound.
  private var trail: [(name: String, previous: CELType?)] = []
  private var freshCount = 0
  /// Nodes of types that one check may visit.
  private var stepsLeft = 3_000_000
  private(set) var isExhausted = false

  /// A type parameter that nothing else names.
  mutating func fresh() -> CELType {
    freshCount += 1
    return .parameter("@\(freshCount)")
  }

  /// The types of a declaration with their parameters made fresh, each the same in all of them.
  mutating func instantiate(_ types: [CELType]) -> [CELType] {
    freshCount += 1
    let suffix = "@\(freshCount)"
    return types.map { $0.mapParameters { .parameter($0 + suffix) } }
  }

  /// Whether a value of each type may stand where the type of the same place is asked for; binds parameters where it
  /// may.
  mutating func isAssignable(_ types: [CELType], to wanted: [CELType]) -> Bool {
    trail.removeAll(keepingCapacity: true)
    guard unify(types, wanted, 0) else {
      for change in trail.reversed() { bindings[change.name] = change.previous }
      return false
    }
    return true
  }

  mutating func isAssignable(_ type: CELType, to wanted: CELType) -> Bool {
    isAssignable([type], to: [wanted])
  }

  /// The type that stands for both, `dyn` where neither fits the other.
  mutating func join(_ left: CELType, _ right: CELType) -> CELType {
    isAssignable(left, to: right) ? mostGeneral(left, right) : .dyn
  }

  /// The type behind a parameter, its outermost level only.
  mutating func resolve(_ type: CELType) -> CELType {
    guard case .parameter(let name) = type else { return type }
    let root = representative(name)
    return bindings[root] ?? .parameter(root)
  }

  /// The last of the parameters that stand for one another, which alone may stand for a type. The way to it is cut
  /// short, or a long text could make it as long.
  private mutating func representative(_ name: String) -> String {
    var root = name
    while case .parameter(let next)? = bindings[root] { root = next }
    var name = name
    while name != root, case .parameter(let next)? = bindings[name] {
      if next != root { set(name, .parameter(root)) }
      name = next
    }
    return root
  }

  /// The type with what its parameters stand for; those that stand for nothing become `dyn` where `isFinal`.
  mutating func substitute(_ type: CELType, isFinal: Bool = false) -> CELType {
    substitute(type, isFinal: isFinal, 0)
  }

  private mutating func spend(_ depth: Int) -> Bool {
    stepsLeft -= 1
    if stepsLeft <= 0 || depth > Self.depth { isExhausted = true }
    return !isExhausted
  }

  private mutating func substitute(_ type: CELType, isFinal: Bool, _ depth: Int) -> CELType {
    guard spend(depth) else { return .dyn }
    let type = resolve(type)
    let next = depth + 1
    switch type {
    case .parameter: return isFinal ? .dyn : type
    case .mistake: return isFinal ? .dyn : type
    case .list(let element): return .list(substitute(element, isFinal: isFinal, next))
    case .map(let key, let value):
      return .map(key: substitute(key, isFinal: isFinal, next), value: substitute(value, isFinal: isFinal, next))
    case .type(let inner): return .type(substitute(inner, isFinal: isFinal, next))
    case .nullable(let inner): return .nullable(substitute(inner, isFinal: isFinal, next))
    case .opaque(let name, let arguments):
      return .opaque(name, arguments.map { substitute($0, isFinal: isFinal, next) })
    default: return type
    }
  }
}

extension TypeUnifier {
  private mutating func unify(_ types: [CELType], _ wanted: [CELType], _ depth: Int) -> Bool {
    guard types.count == wanted.count else { return false }
    for (type, wanted) in zip(types, wanted) where !unify(type, wanted, depth) { return false }
    return true
  }

  private mutating func unify(_ type: CELType, _ wanted: CELType, _ depth: Int) -> Bool {
    guard spend(depth) else { return true }
    if case .parameter(let name) = wanted {
      switch bind(name, to: type, depth) {
      case .bound: return true
      case .conflict: return false
      case .recursive: break
      }
    }
    if case .parameter(let name) = type { return bind(name, to: wanted, depth) == .bound }
    return unifyKnown(type, wanted, depth)
  }

  private mutating func unifyKnown(_ type: CELType, _ wanted: CELType, _ depth: Int) -> Bool {
    let next = depth + 1
    switch (type, wanted) {
    case (.dyn, _), (_, .dyn), (.mistake, _), (_, .mistake): return true
    case (.null, _): return wanted.acceptsNull
    case (_, .null): return type.acceptsNull
    case (.nullable(let type), .nullable(let wanted)): return unify(type, wanted, next)
    case (.nullable(let type), _): return unify(type, wanted, next)
    case (_, .nullable(let wanted)): return unify(type, wanted, next)
    case (.type, .type): return true
    case (.list(let type), .list(let wanted)): return unify(type, wanted, next)
    case (.map(let key, let value), .map(let wantedKey, let wantedValue)):
      return unify(key, wantedKey, next) && unify(value, wantedValue, next)
    case (.opaque(let name, let arguments), .opaque(let wantedName, let wanted)):
      return name == wantedName && unify(arguments, wanted, next)
    default: return type == wanted
    }
  }

  private enum Binding {
    case bound
    /// The parameter stands for a type that does not fit.
    case conflict
    /// The type contains the parameter.
    case recursive
  }

  /// Lets a parameter stand for a type, or for the more general of it and what it stands for already.
  private mutating func bind(_ name: String, to type: CELType, _ depth: Int) -> Binding {
    let name = representative(name)
    var type = type
    if case .parameter(let other) = type { type = .parameter(representative(other)) }
    if case .parameter(name) = type { return .bound }
    guard let bound = bindings[name] else {
      guard !occurs(name, in: type, depth) else { return .recursive }
      set(name, type)
      return .bound
    }
    guard unify(type, bound, depth + 1) else { return .conflict }
    let general = mostGeneral(type, bound)
    if !occurs(name, in: general, depth) { set(name, general) }
    return .bound
  }

  private mutating func set(_ name: String, _ type: CELType) {
    trail.append((name, bindings[name]))
    bindings[name] = type
  }

  private mutating func occurs(_ name: String, in type: CELType, _ depth: Int) -> Bool {
    guard spend(depth) else { return false }
    let next = depth + 1
    switch type {
    case .parameter(let other):
      let root = representative(other)
      return root == name || (bindings[root].map { occurs(name, in: $0, next) } ?? false)
    case .list(let inner), .type(let inner), .nullable(let inner): return occurs(name, in: inner, next)
    case .map(let key, let value): return occurs(name, in: key, next) || occurs(name, in: value, next)
    case .opaque(_, let arguments):
      for argument in arguments where occurs(name, in: argument, next) { return true }
      return false
    default: return false
    }
  }

  /// Of two types that fit each other the one that says less, place by place: `list(dyn)` of `list(int)` and
  /// `list(dyn)`.
  private mutating func mostGeneral(_ left: CELType, _ right: CELType, _ depth: Int = 0) -> CELType {
    guard spend(depth) else { return .dyn }
    let next = depth + 1
    switch (left, right) {
    case (.mistake, _), (_, .mistake): return .mistake
    case (.dyn, _), (_, .dyn): return .dyn
    case (.parameter, _): return left
    case (_, .parameter): return right
    case (.null, _): return right
    case (_, .null): return left
    case (.nullable(let left), .nullable(let right)): return .nullable(mostGeneral(left, right, next))
    case (.nullable(let left), _): return .nullable(mostGeneral(left, right, next))
    case (_, .nullable(let right)): return .nullable(mostGeneral(left, right, next))
    case (.list(let left), .list(let right)): return .list(mostGeneral(left, right, next))
    case (.map(let leftKey, let left), .map(let rightKey, let right)):
      return .map(key: mostGeneral(leftKey, rightKey, next), value: mostGeneral(left, right, next))
    case (.opaque(let name, let left), .opaque(_, let right)):
      return .opaque(name, zip(left, right).map { mostGeneral($0, $1, next) })
    case (.type, .type): return left == right ? left : .type(.dyn)
    default: return left
    }
  }
}

extension CELType {
  /// Of a node whose mistake is told already: fits everything, and what is made of it is one too. No name can be
  /// written so.
  static let mistake = CELType.opaque("@mistake", [])

  /// Whether null may stand for a value of this type (cel-spec: wrappers, timestamps, durations and abstract types).
  fileprivate var acceptsNull: Bool {
    switch self {
    case .null, .nullable, .timestamp, .duration, .opaque, .dyn: true
    default: false
    }
  }

  /// The type with each of its parameters replaced.
  func mapParameters(_ replace: (String) -> CELType) -> CELType {
    switch self {
    case .parameter(let name): replace(name)
    case .list(let element): .list(element.mapParameters(replace))
    case .map(let key, let value): .map(key: key.mapParameters(replace), value: value.mapParameters(replace))
    case .type(let inner): .type(inner.mapParameters(replace))
    case .nullable(let inner): .nullable(inner.mapParameters(replace))
    case .opaque(let name, let arguments): .opaque(name, arguments.map { $0.mapParameters(replace) })
    default: self
    }
  }
}
