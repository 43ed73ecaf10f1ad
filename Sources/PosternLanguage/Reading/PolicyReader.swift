// Reads documents into drafts, file by file, so that a file's nodes are gone before the next one is parsed. Reports
// every mistake and goes on with what could be read.

/// Everything read so far of one tree.
struct PolicyReader {
  var diagnostics: [Diagnostic] = []
  var members = MemberTable()
  var organization: OrganizationDraft?
  var directories = [Directory(path: "", name: "", parentIndex: nil)]
  var groups: [DirectoryGroup] = []
  var accessLevels: [AccessLevel] = []
  var oauthClients: [OAuthClient] = []
  var tests: [TestDocument] = []
  /// Apps that Test documents expect and OAuth clients name, with their places.
  var expectedApps: [Sourced<String>] = []
  /// Roles in bindings other than IAP's own, with their places: which of them grant access, the organization says.
  var otherRoles: [Sourced<String>] = []
  /// By member: the last list that named it; for members that a list names twice.
  var lastList: [UInt32] = []
  var listCount: UInt32 = 0
  private var directoryIndices: [String: Int] = ["": 0]

  /// Reads the documents of one file that stands at `path` below the root.
  mutating func read(_ documents: [YAMLNode], path: String) {
    for document in documents { read(document, path: path) }
  }

  private mutating func read(_ document: YAMLNode, path: String) {
    guard let kind = kind(of: document) else { return }
    let isAtRoot = !path.utf8.contains(UInt8(ascii: "/"))
    guard kind.isAnywhere || isAtRoot == kind.isAtRoot else {
      diagnostics.append(.misplacedDocument(kind: kind.rawValue, at: document.head))
      return
    }
    guard let fields = fields(document, kind.keys) else { return }
    switch kind {
    case .organization: readOrganization(fields)
    case .folder: readFolder(fields, directoryIndex: directoryIndex(ofFile: path, at: fields.head))
    case .app: readApp(fields, directoryIndex: directoryIndex(ofFile: path, at: fields.head))
    case .groups: readGroups(fields)
    case .accessLevels: readAccessLevels(fields)
    case .oauthClients: readOAuthClients(fields)
    case .test: readTest(fields)
    }
  }

  /// The kinds of document, and where they may stand.
  enum Kind: String, CaseIterable {
    case organization = "Organization"
    case folder = "Folder"
    case app = "App"
    case groups = "Groups"
    case accessLevels = "AccessLevels"
    case oauthClients = "OAuthClients"
    case test = "Test"

    var isAtRoot: Bool { self != .folder }
    var isAnywhere: Bool { self == .app || self == .test }

    var keys: KeySet {
      switch self {
      case .organization: .organization
      case .folder: .folder
      case .app: .app
      case .groups: .groups
      case .accessLevels: .accessLevels
      case .oauthClients: .oauthClients
      case .test: .test
      }
    }
  }

  private mutating func kind(of document: YAMLNode) -> Kind? {
    guard case .mapping(let entries) = document.content else {
      diagnostics.append(.wrongType(of: document, expected: "a mapping with a `kind`"))
      return nil
    }
    let entry = entries.first {
      if case .scalar(let key) = $0.key.content { key.text == "kind" } else { false }
    }
    guard let entry else {
      diagnostics.append(.missingKind(known: Kind.allCases.map(\.rawValue), at: document.head))
      return nil
    }
    guard let text = text(entry.value) else { return nil }
    guard let kind = Kind(rawValue: text.value) else {
      diagnostics.append(.unknownKind(text.value, known: Kind.allCases.map(\.rawValue), at: text.span))
      return nil
    }
    return kind
  }

  // MARK: directories

  /// The directory that a file stands in; made, with those above it, where it is new.
  private mutating func directoryIndex(ofFile path: String, at span: Span) -> Int {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return 0 }
    return directoryIndex(String(path[..<slash]), at: span)
  }

  private mutating func directoryIndex(_ path: String, at span: Span) -> Int {
    if let index = directoryIndices[path] { return index }
    let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
    let parentIndex = slash.map { directoryIndex(String(path[..<$0]), at: span) } ?? 0
    let name = slash.map { String(path[path.utf8.index(after: $0)...]) } ?? path
    if !Self.isName(name) { diagnostics.append(.badName("folder", name, at: span)) }
    let index = directories.count
    directories.append(Directory(path: path, name: name, parentIndex: parentIndex))
    directories[parentIndex].childIndices.append(index)
    directoryIndices[path] = index
    return index
  }

  /// Names of folders, apps, providers and guards: ASCII, so that their order is the same everywhere.
  static func isName(_ text: String) -> Bool {
    let isFirst: (UInt8) -> Bool = { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: false
      }
    }
    guard let first = text.utf8.first, isFirst(first), text.utf8.count <= nameByteLimit else { return false }
    return text.utf8.allSatisfy { isFirst($0) || "-_.".utf8.contains($0) }
  }

  static let nameByteLimit = 128
}

extension YAMLNode {
  /// The first key of a mapping, otherwise all of the node: where a mistake of the whole is shown.
  var head: Span {
    guard case .mapping(let entries) = content, let first = entries.first else { return span }
    return first.key.span
  }
}
