// What an import did with each resource of each input. Refuses to repeat values: names, fields and places stand here, so that
// no secret of an input can.

internal import PosternLanguage

/// The report of one import.
public struct ImportReport: Sendable {
  /// What became of a resource.
  public enum Outcome: String, Sendable {
    /// Everything that is policy is in the tree.
    case whole
    /// A part of it is, and the fields that are not are named.
    case part
    /// Nothing of it is.
    case none
    /// It holds resources, and is none.
    case envelope
  }

  /// An input, a document or a resource in it.
  struct Item: Sendable {
    var kind: String
    /// Its address or name; nil where it has none.
    var name: String?
    var place: ReportedPlace
    var outcome: Outcome
    /// Where in the hierarchy it belongs.
    var position: String?
    /// The files of the tree that hold it.
    var files: [String]
    var fields: [PlacedField]
  }

  struct PlacedField: Sendable {
    var field: ReportedField
    var place: ReportedPlace
  }

  /// An app or a folder, and where its name came from.
  struct Name: Sendable {
    var what: String
    var path: String
    var source: String
  }

  /// What could not be read: with any of these no tree is written.
  struct Fault: Sendable {
    var place: ReportedPlace
    var message: String
    var help: String?
  }

  var items: [Item] = []
  var names: [Name] = []
  var faults: [Fault] = []
  var skipped: [(path: String, why: String)] = []

  /// Whether an input could not be read.
  public var hasFaults: Bool { !faults.isEmpty }
  /// Whether anything that is policy, or may be, is not in the tree.
  public var hasLosses: Bool {
    !skipped.isEmpty || items.contains { item in item.fields.contains { $0.field.remark.kind == .lost } }
  }
}

/// A field that the tree does not have.
struct ReportedField: Sendable {
  /// `accessSettings.oauthSettings.clientSecret`; empty where all of the resource is meant.
  var path: String
  var span: Span
  var remark: Remark
}

/// A place in an input.
struct ReportedPlace: Sendable {
  var path: String
  var span: Span

  var text: String {
    ReportText.path(path) + ":\(span.startLine):\(span.startColumn)"
  }
}

/// Words of a report.
enum ReportText {
  /// A path as a terminal may show it.
  static func path(_ path: String) -> String {
    path == "-" ? "standard input" : argument(path)
  }

  /// A path as an option takes it.
  static func argument(_ path: String) -> String { String(Diagnostic.quoted(path, limit: .max).dropFirst().dropLast()) }
}
