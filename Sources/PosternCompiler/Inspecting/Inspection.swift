// What a bundle holds, for people: its sections, and of each app where it is reached, who has access, which program
// decides, and the most that this costs. With the policy tree at hand, where each setting comes from.

internal import PosternBundle
internal import PosternKernel
public import PosternLanguage

/// A bundle laid open.
public struct Inspection {
  struct Section: Equatable {
    var name: String
    var byteCount: Int
  }

  /// One member of a row.
  struct Grant: Equatable {
    var member: String
    var bindingID: UInt32
    var place: Place?
  }

  struct Row: Equatable {
    var firstBindingID: UInt32
    var entryCount: Int
    /// Of a walked row; a larger one is not listed.
    var grants: [Grant]
  }

  struct DenyRule: Equatable {
    var id: UInt32
    var denied: [String]
    var excepted: [String]
    var place: Place?
    var condition: Condition?
  }

  package struct Setting: Equatable {
    package var name: String
    package var value: String
    package var place: String?
  }

  struct AppInspection {
    var name: String
    var audience: String
    var place: Place?
    var routes: [String]
    var providers: [String]
    var rows: [Row]
    var denyRules: [UInt32]
    var publicBinding: UInt32?
    var lists: [(name: String, texts: [String])]
    var propagation: [PropagatedAttribute]
    var settings: [Setting]
    var cost: Cost
    var program: [DisassembledWord]
    /// In the order in which they are asked.
    var conditionalBindings: [ConditionalBinding]
  }

  /// An attribute that the gate passes on to the app.
  struct PropagatedAttribute: Equatable {
    /// The attribute as expressions name it: `saml_attributes.department`.
    var source: String
    var emittedName: String
    /// The credentials by their names in IapSettings.
    var outputs: [String]
    /// `strict` and `decorate`, where they stand on it.
    var marks: [String]
  }

  /// A binding with a condition.
  struct ConditionalBinding {
    var bindingID: UInt32
    var place: Place?
    var condition: Condition
  }

  /// A condition with what it costs.
  struct Condition: Equatable {
    /// nil where the bundle does not say.
    var source: ConditionSource?
    /// The most words that it runs for one form of the path.
    var wordCount: UInt32
    var program: [DisassembledWord]
  }

  var revision: UInt64
  var compilerVersion: String
  var manifestDigest: String
  var isSigned: Bool
  /// nil where the bundle has no zone.
  var zoneData: ZoneData?
  var sections: [Section]
  var counts: [(name: String, count: Int)]
  /// The row that every app's identity is also asked for.
  var organizationRow: Row?
  var denyRules: [DenyRule]
  var clients: [Client]
  var apps: [AppInspection]

  /// Lays a bundle open; `appNames` are the apps to show, all where nil. `policy`, where it is given, is the tree that
  /// the bundle was compiled from.
  public init(_ bundle: OpenBundle, policy: Policy? = nil, appNames: Set<String>? = nil) {
    let contents = bundle.contents
    let manifest = Manifest(Array(bundle.bytes[contents.section(.manifest)]))
    revision = bundle.revision
    compilerVersion = manifest?.compilerVersion ?? ""
    zoneData = manifest?.zoneData == ZoneData() ? nil : manifest?.zoneData
    manifestDigest = Wording.hexadecimal(contents.table.manifestDigest)
    isSigned = contents.table.range(.signature) != nil
    sections = contents.table.entries.map { Section(name: $0.id.name, byteCount: $0.range.count) }
    counts = Self.counts(contents)
    let reader = AppReader(bundle, policy: policy)
    organizationRow = reader.organizationRow
    denyRules = reader.allDenyRules
    clients = Self.clients(contents, appNames: appNames)
    apps = (0..<contents.appCount).filter { appNames?.contains(contents.appName($0)) ?? true }.map(reader.app)
  }

  private static func counts(_ contents: BundleContents) -> [(name: String, count: Int)] {
    let records: [(String, SectionID, Int)] = [
      ("apps", .apps, RecordSize.app), ("names", .names, RecordSize.name),
      ("providers", .providers, RecordSize.provider), ("deny rules", .denyRules, RecordSize.denyRule),
      ("profiles", .profiles, RecordSize.profile), ("instruction words", .code, RecordSize.codeWord),
      ("certificates", .costs, RecordSize.cost),
    ]
    let counts = records.map { ($0.0, contents.count($0.1, recordByteCount: $0.2)) }
    let clientCount = contents.count(.oauthClients, recordByteCount: RecordSize.oauthClient)
    return clientCount == 0 ? counts : counts + [("OAuth clients", clientCount)]
  }
}

extension SectionID {
  /// The section's name in docs/bundle-format.md.
  var name: String {
    switch self {
    case .oauthClients: "oauthClients"
    case .gate: "gate"
    case .source: "source"
    case .provenance: "provenance"
    case .manifest: "manifest"
    case .signature: "signature"
    default: rawValue >= 1 && rawValue <= Self.lastRequired ? Self.names[Int(rawValue) - 1] : "section \(rawValue)"
    }
  }

  private static let names = [
    "strings", "organization", "providers", "attributes", "names", "nameTable", "memberships", "hosts", "routes",
    "apps", "appRecords", "grants", "denyRules", "denyMembers", "denySets", "profiles", "lists", "code", "costs",
    "conditionals", "automata", "zones", "propagation",
  ]
}
