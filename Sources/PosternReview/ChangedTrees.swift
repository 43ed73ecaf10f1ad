// Of two trees the files that what differs between them can have to do with: those that differ, what they inherit from, what
// inherits from them, and everything that is not one app's or one folder's. Refuses trees that differ in something else than apps
// and folders: there every app must be looked at.

internal import PosternLanguage

/// Two trees without the apps that are written alike in both, with all that they inherit.
struct ChangedTrees {
  private(set) var old: [SourceFile] = []
  private(set) var new: [SourceFile] = []

  /// nil where every app may differ.
  ///
  /// - Parameters:
  ///   - keepsFolders: whether the documents of all folders are kept.
  ///   - keptPaths: files that are kept with all that they inherit, though they do not differ.
  init?(old: [SourceFile], new: [SourceFile], keepsFolders: Bool = false, keptPaths: Set<String> = []) {
    guard let pairs = Pair.pairs(old, new) else { return nil }
    var places = Places()
    for path in keptPaths { places.keep(path) }
    for pair in pairs where !pair.isSame {
      for file in [pair.old, pair.new].compactMap({ $0 }) {
        guard places.add(changed: file) else { return nil }
      }
    }
    for pair in pairs {
      guard pair.isSame, let file = pair.new, !places.isKept(file, keepsFolders: keepsFolders),
        !keptPaths.contains(file.path)
      else {
        if let file = pair.old { self.old.append(file) }
        if let file = pair.new { self.new.append(file) }
        continue
      }
    }
    // No decision comes of tests, and they may name apps that are left out.
    self.old.removeAll { DocumentKind($0) == .test }
    self.new.removeAll { DocumentKind($0) == .test }
  }
}

/// A path with what stands there in both trees.
private struct Pair {
  var old: SourceFile?
  var new: SourceFile?

  var isSame: Bool { old != nil && new != nil && old?.bytes == new?.bytes }

  /// By path; nil where a list of files is not in the order of its paths' bytes, each once.
  static func pairs(_ old: [SourceFile], _ new: [SourceFile]) -> [Pair]? {
    guard isAscending(old), isAscending(new) else { return nil }
    var pairs: [Pair] = []
    pairs.reserveCapacity(max(old.count, new.count))
    var (index, other) = (0, 0)
    while index < old.count || other < new.count {
      if index == old.count || (other < new.count && precedes(new[other], old[index])) {
        pairs.append(Pair(old: nil, new: new[other]))
        other += 1
      } else if other == new.count || precedes(old[index], new[other]) {
        pairs.append(Pair(old: old[index], new: nil))
        index += 1
      } else {
        pairs.append(Pair(old: old[index], new: new[other]))
        index += 1
        other += 1
      }
    }
    return pairs
  }

  private static func isAscending(_ files: [SourceFile]) -> Bool {
    zip(files, files.dropFirst()).allSatisfy { precedes($0, $1) }
  }

  private static func precedes(_ left: SourceFile, _ right: SourceFile) -> Bool {
    left.path.utf8.lexicographicallyPrecedes(right.path.utf8)
  }
}

/// Folders that something differs in.
private struct Places {
  /// Where apps differ, and all folders above: these are inherited from.
  private var above: Set<Substring> = [""]
  /// Where a folder's own document differs: everything below inherits from it.
  private var changed: Set<Substring> = []

  /// False of what is no single app's or folder's.
  mutating func add(changed file: SourceFile) -> Bool {
    switch DocumentKind(file) {
    case .app: break
    case .folder: changed.insert(Self.folder(of: file.path))
    case .test: return true
    case .clients, .other: return false
    }
    keep(file.path)
    return true
  }

  /// Keeps what a file inherits.
  mutating func keep(_ path: String) { above.formUnion(Self.chain(Self.folder(of: path))) }

  /// Whether a file that is the same in both trees is needed all the same.
  func isKept(_ file: SourceFile, keepsFolders: Bool) -> Bool {
    let kind = DocumentKind(file)
    if kind == .other { return true }
    // They may name apps that are left out, and are the same on both sides.
    if kind == .test || kind == .clients { return false }
    let folder = Self.folder(of: file.path)
    if kind == .folder && (keepsFolders || above.contains(folder)) { return true }
    return !changed.isEmpty && Self.chain(folder).contains { changed.contains($0) }
  }

  private static func folder(of path: String) -> Substring {
    path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path[..<$0] } ?? ""
  }

  /// The folder and those above it, but for the root.
  private static func chain(_ folder: Substring) -> [Substring] {
    var places: [Substring] = []
    var place = folder
    while !place.isEmpty {
      places.append(place)
      place = place.utf8.lastIndex(of: UInt8(ascii: "/")).map { place[..<$0] } ?? ""
    }
    return places
  }
}

/// What a file is, where its text says so plainly: one document in block style whose first key is `kind`.
private enum DocumentKind {
  case app, folder, test, clients
  /// Anything else, also what would have to be parsed to tell.
  case other

  init(_ file: SourceFile) {
    self = .other
    let kinds: [(String, DocumentKind)] = [
      ("kind: App\n", .app), ("kind: Folder\n", .folder), ("kind: Test\n", .test),
      ("kind: OAuthClients\n", .clients),
    ]
    let bytes = file.bytes
    var start = 0
    // Comments and blank lines before the first key.
    while start < bytes.count, bytes[start] == UInt8(ascii: "#") || bytes[start] == UInt8(ascii: "\n") {
      start = bytes[start...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? bytes.count
    }
    guard let kind = kinds.first(where: { bytes[start...].starts(with: $0.0.utf8) })?.1,
      !Self.hasMarker(bytes[start...])
    else { return }
    self = kind
  }

  /// Whether a line begins as one that ends a document or begins one does.
  private static func hasMarker(_ bytes: ArraySlice<UInt8>) -> Bool {
    var isLineStart = true
    for byte in bytes {
      if isLineStart && (byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "%")) {
        return true
      }
      isLineStart = byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
    }
    return false
  }
}
