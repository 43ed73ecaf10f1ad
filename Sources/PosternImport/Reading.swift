// What the inputs hold, resource by resource, before anything is merged or placed. Each format has a file of its own
// (`Reading+*.swift`); they share the ledger, so that what none of them takes is reported.

internal import PosternLanguage

/// Everything that was read of all inputs.
struct Reading {
  var ledger = Ledger()
  var resources: [Resource] = []
  var faults: [ImportReport.Fault] = []
  let inputs: [ImportInput]
  let options: ImportOptions
  /// The input that is being read.
  private(set) var input: ImportInput
  /// Whether it holds one document: the name of a file with several is not that of any of them.
  private var holdsOneDocument = true

  /// A resource of an input, with what it gives to the tree.
  struct Resource {
    /// Where people or Google say that it belongs.
    enum Location {
      case resource(ResourceName)
      case file(Position)
      /// A settings file whose name and whose content both say it.
      case both(file: Position, resource: ResourceName)
    }

    var kind: String
    var name: String?
    var root: SourceValue
    var path: String
    var isEnvelope = false
    var location: Location?
    var parts: [Part] = []
    /// What is to be said of it beside its own leaves.
    var extra: [ReportedField] = []
  }

  /// What a resource gives to a level of the tree.
  enum Part {
    case grants(Grants)
    case deny([TreeValue])
    case settings(TreeValue)
  }

  /// Bindings, and how much their resource claims to be the only one.
  struct Grants {
    enum Authority {
      /// All of the policy.
      case policy
      /// All members of its role and condition.
      case binding
      /// Adds to whatever there is.
      case addition
    }

    var authority: Authority
    var bindings: [Binding]
    /// `etag`, `version`, `auditConfigs`, as they are written.
    var others: [(key: String, value: TreeValue)] = []
  }

  struct Binding {
    var role: TreeValue
    var members: [TreeValue]
    /// Of a list without members.
    var emptyMembers: TreeValue?
    var condition: TreeValue?
    /// Role and condition: bindings that share it are one.
    var key: String
    /// All that it was read from.
    var source: SourceValue
  }

  init(_ inputs: [ImportInput], options: ImportOptions) {
    self.inputs = inputs
    self.options = options
    input = ImportInput(path: "", layout: "", content: .skipped(""))
    for (index, input) in inputs.enumerated() { read(input, index) }
  }

  private mutating func read(_ input: ImportInput, _ index: Int) {
    self.input = input
    switch input.content {
    case .skipped: return
    case .unreadable(let reason):
      faults.append(ImportReport.Fault(place: place(Self.start(of: index)), message: reason, help: nil))
    case .bytes(let bytes):
      let parsed = YAMLParser.parse(bytes, fileIndex: index)
      faults += parsed.diagnostics.map {
        ImportReport.Fault(place: place($0.span ?? Self.start(of: index)), message: $0.message, help: $0.help)
      }
      guard parsed.diagnostics.isEmpty else { return }
      holdsOneDocument = parsed.nodes.count == 1
      if case .sequence(let items) = parsed.nodes[0].content { holdsOneDocument = holdsOneDocument && items.count < 2 }
      for node in parsed.nodes { readDocument(SourceValue(node, in: &ledger)) }
    }
  }

  private static func start(of index: Int) -> Span {
    Span(fileIndex: Int32(truncatingIfNeeded: index), startLine: 1, startColumn: 1, endLine: 1, endColumn: 2)
  }

  private func place(_ span: Span) -> ReportedPlace { ReportedPlace(path: input.path, span: span) }

  // MARK: resources

  mutating func add(
    _ kind: String, name: String? = nil, _ root: SourceValue, at location: Resource.Location? = nil,
    _ parts: [Part] = [], extra: [ReportedField] = []
  ) {
    ledger.addResource(root)
    resources.append(
      Resource(
        kind: kind, name: name, root: root, path: input.path, location: location, parts: location == nil ? [] : parts,
        extra: extra))
  }

  /// What only holds resources: its own leaves say how they came to be.
  mutating func addEnvelope(_ kind: String, _ root: SourceValue, extra: [ReportedField] = []) {
    resources.append(Resource(kind: kind, root: root, path: input.path, isEnvelope: true, extra: extra))
  }

  mutating func lose(_ value: SourceValue?, _ why: String, help: String? = nil) {
    if let value { ledger.explain(value.leaves, .lost(why, help: help), overrides: true) }
  }

  /// Where the input's file belongs by its own name, or by an option.
  var fileLocation: (position: Position, isExplicit: Bool)? {
    if let app = options.apps.first(where: { $0.file == input.path }) {
      return (Position(path: app.path.split(separator: "/").map(String.init)), true)
    }
    return FileName(path: input.layout).map { ($0.position, $0.isExplicit && holdsOneDocument) }
  }
}
