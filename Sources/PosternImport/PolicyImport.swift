// From exported Cloud IAP configuration to the source of a policy tree. Refuses to write a tree where an input could not be
// read; whatever else it does not carry over is in the report, with its place and why.

public import PosternLanguage

/// An import: the files of a tree, and what became of every resource.
public struct PolicyImport: Sendable {
  /// The tree, by paths below its root; none where an input could not be read.
  public private(set) var files: [SourceFile] = []
  /// What became of everything.
  public private(set) var report = ImportReport()
  /// Options that mean nothing, in the words that stand after `error: `.
  public private(set) var optionFaults: [String] = []

  private var reading: Reading
  private var hierarchy = Hierarchy()
  /// By the names of Google's resources.
  private var places: [String: (position: Position, source: String)] = [:]
  /// Nodes by resource.
  private var nodeIndices: [Int: Int] = [:]

  /// Reads inputs in their order and merges what they hold.
  public init(of inputs: [ImportInput], options: ImportOptions = ImportOptions()) {
    reading = Reading(inputs, options: options)
    report.faults = reading.faults
    report.skipped = inputs.compactMap { input in
      if case .skipped(let why) = input.content { (input.path, why) } else { nil }
    }
    guard reading.faults.isEmpty else { return }
    takePlaces(options)
    merge()
    let tree = TreeFiles(hierarchy, options: options)
    optionFaults += tree.unknownHosts.map { "--host names the app \(Diagnostic.quoted($0)), and there is none" }
    for file in tree.files { reading.ledger.carry(file.document.allLeaves) }
    files = tree.files.map { SourceFile(path: $0.path, bytes: Array(PolicyText.yaml($0.document).utf8)) }
      .sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    report.names = tree.names
    report.items = items(tree)
  }

  // MARK: places

  private mutating func takePlaces(_ options: ImportOptions) {
    for place in options.places {
      let path = place.path.split(separator: "/").map(String.init)
      guard let name = ResourceName(parsing: place.resource), !name.levels.isEmpty, !path.isEmpty else {
        optionFaults.append(
          "--place needs a resource of IAP below the organization and a path, not \(Diagnostic.quoted(place.resource))")
        continue
      }
      let position = Position(path: path, isApp: name.levels.last?.kind == .app)
      places[name.text] = (position, "named by --place \(ReportText.path(name.text))")
    }
    for app in options.apps where app.path.allSatisfy({ $0 == "/" }) {
      optionFaults.append("--app needs a path in the tree for \(Diagnostic.quoted(app.file))")
    }
    for app in options.apps where !reading.inputs.contains(where: { $0.path == app.file }) {
      optionFaults.append("--app names the file \(Diagnostic.quoted(app.file)), which is no input")
    }
    for resource in reading.resources {
      guard case .both(let file, let name)? = resource.location, Self.isSameLevel(file, name) else { continue }
      if places[name.text] == nil { places[name.text] = (file, "named by \(ReportText.path(resource.path))") }
    }
  }

  private static func isSameLevel(_ file: Position, _ name: ResourceName) -> Bool {
    !file.isOrganization && !name.levels.isEmpty && file.isApp == (name.levels.last?.kind == .app)
  }

  /// Where a resource of Google stands: below the nearest level that has a place, otherwise by its own name.
  private func position(of name: ResourceName, in path: String) -> (position: Position, source: String) {
    for (index, prefix) in name.prefixes.enumerated().reversed() {
      guard let place = places[prefix] else { continue }
      let source = index == name.prefixes.count - 1 ? place.source : "named by \(name.text) in \(path)"
      return (Position(levels: place.position.levels + name.levels.dropFirst(index + 1)), source)
    }
    return (Position(levels: name.levels), "named by \(ReportText.path(name.text)) in \(path)")
  }

  private func position(of resource: Reading.Resource) -> (position: Position, source: String)? {
    let path = ReportText.path(resource.path)
    switch resource.location {
    case nil: return nil
    case .file(let position)?: return (position, "named by \(path)")
    case .resource(let name)?, .both(_, let name)?: return position(of: name, in: path)
    }
  }

  // MARK: merging

  /// The strongest claims first; of one strength in the order of the inputs.
  private mutating func merge() {
    for strength in 0..<3 {
      for (index, resource) in reading.resources.enumerated() {
        guard let (position, source) = position(of: resource) else { continue }
        for part in resource.parts where Self.strength(part) == strength {
          let node = hierarchy.index(of: position, source: source)
          nodeIndices[index] = node
          guard let refusal = hierarchy.add(part, resourceIndex: index, at: node) else { continue }
          refuse(resource, refusal)
        }
      }
    }
  }

  private static func strength(_ part: Reading.Part) -> Int {
    guard case .grants(let grants) = part else { return 0 }
    return switch grants.authority {
    case .policy: 0
    case .binding: 1
    case .addition: 2
    }
  }

  private mutating func refuse(_ resource: Reading.Resource, _ refusal: Hierarchy.Refusal) {
    let other = reading.resources[refusal.resourceIndex]
    let place = ReportedPlace(path: other.path, span: other.root.span).text
    let remark = Remark.lost("\(refusal.why), at \(place)", help: "keep one of the two")
    reading.ledger.explain(resource.root.leaves, remark, overrides: true)
  }

  // MARK: the report

  private func items(_ tree: TreeFiles) -> [ImportReport.Item] {
    var files: [Int: [String]] = [:]
    for file in tree.files { files[file.nodeIndex, default: []].append(file.path) }
    return reading.resources.enumerated().map { index, resource in
      let fields = reading.ledger.fields(of: resource.root) + resource.extra
      let isLossy = fields.contains { $0.remark.kind == .lost }
      let isCarried = reading.ledger.isAnyCarried(resource.root)
      let outcome: ImportReport.Outcome =
        resource.isEnvelope ? .envelope : !isLossy ? .whole : isCarried ? .part : .none
      let nodeFiles = isCarried ? nodeIndices[index].flatMap { files[$0] } ?? [] : []
      return ImportReport.Item(
        kind: ReportText.path(resource.kind), name: resource.name,
        place: ReportedPlace(path: resource.path, span: resource.root.span), outcome: outcome,
        position: position(of: resource)?.position.text, files: nodeFiles.prefix(1).map { $0 },
        fields: fields.map { field in
          ImportReport.PlacedField(field: field, place: ReportedPlace(path: resource.path, span: field.span))
        })
    }
  }
}
