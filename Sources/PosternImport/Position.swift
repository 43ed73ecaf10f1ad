// Where in the hierarchy a resource belongs: by Google's name of it (ResourceName.swift), by the file it came in, or by an
// option. Names are raw here; Hierarchy+Names.swift makes file names of them.

/// A place in the hierarchy, from the organization down; without levels the organization itself.
struct Position: Hashable, Sendable {
  struct Level: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
      case folder
      /// A folder that is made only where something stands in it: `iap_web`, `compute`.
      case optionalFolder
      case app
    }

    var kind: Kind
    var name: String
  }

  var levels: [Level] = []

  var isOrganization: Bool { levels.isEmpty }
  var isApp: Bool { levels.last?.kind == .app }

  /// As reports say it.
  var text: String {
    isOrganization ? "the organization" : "\(isApp ? "app" : "folder") `\(levels.map(\.name).joined(separator: "/"))`"
  }

  /// `finance/payroll` as an app below a folder; `organization` and `finance/folder` as what they say.
  init(path: [String]) {
    let folders = path.dropLast().map { Level(kind: .folder, name: $0) }
    switch path.last {
    case nil: levels = []
    case "organization" where path.count == 1: levels = []
    case "folder" where path.count > 1: levels = folders
    case let name?: levels = folders + [Level(kind: .app, name: name)]
    }
  }

  init(levels: [Level]) { self.levels = levels }

  /// The folder of a path, or the app where `isApp`.
  init(path: [String], isApp: Bool) {
    levels = path.map { Level(kind: .folder, name: $0) }
    if isApp, let last = path.last { levels[levels.count - 1] = Level(kind: .app, name: last) }
  }
}

/// What a file's name says of the resource in it: `finance/payroll.iam.yaml` and `finance/payroll/iam.yaml` are of the app
/// payroll in the folder finance, `organization.settings.yaml` is the organization's, `finance/folder.iam.yaml` finance's.
struct FileName: Sendable {
  let position: Position
  /// Whether the name says what is in it too (`.iam`, `.settings`): only such a name goes before a resource's own.
  let isExplicit: Bool

  /// nil where the name says nothing, as `iam.yaml` alone.
  init?(path: String) {
    var parts = Self.parts(path)
    guard var stem = parts.popLast() else { return nil }
    for suffix in [".yaml", ".yml", ".json"] where stem.hasSuffix(suffix) { stem.removeLast(suffix.count) }
    let contents = ["iam", "settings"]
    if contents.contains(stem) {
      guard !parts.isEmpty else { return nil }
      self.init(position: Position(path: parts), isExplicit: true)
      return
    }
    let content = contents.first { stem.hasSuffix("." + $0) && stem.count > $0.count + 1 }
    if let content { stem.removeLast(content.count + 1) }
    guard !stem.isEmpty else { return nil }
    self.init(position: Position(path: parts + [stem]), isExplicit: content != nil)
  }

  private init(position: Position, isExplicit: Bool) {
    self.position = position
    self.isExplicit = isExplicit
  }

  private static func parts(_ path: String) -> [String] {
    path.split(separator: "/").map(String.init).filter { $0 != "." && $0 != ".." }
  }
}
