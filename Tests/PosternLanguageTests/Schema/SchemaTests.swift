// The schemas of schema/ against the reader: the same keys, and the same verdict on the examples of docs/diagnostics.

import Foundation
import Testing

@testable import PosternLanguage

@Suite("Schemas")
struct SchemaTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../../schema").standardizedFileURL

  static func schema(_ name: String) throws -> JSONValue {
    let bytes = [UInt8](try Data(contentsOf: folder.appendingPathComponent(name + ".schema.json")))
    let document = YAMLParser.parse(bytes, fileIndex: 0).nodes.first
    return JSONValue(try #require(document))
  }

  @Test(
    "a schema is the one that the reader's tables make; POSTERN_RECORD=1 writes it, and fails",
    arguments: [
      "policy", "request",
    ])
  func isUpToDate(name: String) throws {
    let made = name == "policy" ? JSONSchema.policy : JSONSchema.request
    let url = Self.folder.appendingPathComponent(name + ".schema.json")
    if ProcessInfo.processInfo.environment["POSTERN_RECORD"] == "1" {
      try Data(made.prettyText.utf8).write(to: url)
      Issue.record("recorded \(url.lastPathComponent)")
    }
    let isSame = try String(contentsOf: url, encoding: .utf8) == made.prettyText
    #expect(isSame, "\(url.lastPathComponent) is not what the tables make")
  }

  @Test("the reader knows every key that the schema names, in each of its spellings", arguments: KeySet.all.map(\.name))
  func keys(name: String) throws {
    let set = try #require(KeySet.all.first { $0.name == name })
    let properties = try Self.schema("policy")["$defs"]?[set.name]?["properties"]?.members.map(\.name) ?? []
    #expect(!properties.isEmpty)
    for name in properties { #expect(set.index(of: name) != nil, "\(set.name) \(name)") }
    #expect(Set(properties.compactMap { set.index(of: $0) }).count == set.keys.count)
  }

  /// Documents of an example's tree files, as an editor sees them.
  private func documents(_ example: Example) -> [JSONValue] {
    Example.files(example.body).flatMap { YAMLParser.parse($0.bytes, fileIndex: 0).nodes.map(JSONValue.init) }
  }

  private func schemaName(_ example: Example) -> String {
    Example.files(example.body).contains { $0.path == "request.yaml" } ? "request" : "policy"
  }

  @Test("what the reader takes fits the schema", arguments: DiagnosticPage.ids)
  func rightFits(id: String) throws {
    let example = try DiagnosticPage(id).right
    guard example.info == "yaml" else { return }
    let validator = SchemaValidator(root: try Self.schema(schemaName(example)))
    for document in documents(example) { #expect(validator.faults(document) == []) }
  }

  @Test(
    "mistakes of keys, types and words do not fit the schema",
    arguments: [
      "unknown-key", "wrong-type", "missing-key", "unknown-value", "bad-boolean", "bad-integer", "bad-duration",
      "missing-kind", "unknown-kind", "secret-in-policy", "bad-time",
    ])
  func wrongDoesNotFit(id: String) throws {
    let example = try DiagnosticPage(id).wrong
    let validator = SchemaValidator(root: try Self.schema(schemaName(example)))
    #expect(documents(example).contains { !validator.faults($0).isEmpty })
  }

  @Test("a text field takes what an editor sees as a number or a boolean")
  func scalarTexts() throws {
    let validator = SchemaValidator(root: try Self.schema("policy"))
    #expect(validator.faults(.object(["kind": "App", "name": 1, "routes": [true]])) == [])
    #expect(validator.faults(.object(["kind": "App", "name": nil, "routes": [.null]])) != [])
  }

  @Test("a report fits its schema")
  func report() throws {
    let validator = SchemaValidator(root: try Self.schema("report"))
    #expect(validator.faults(ReportTests.report.json) == [])
    #expect(validator.faults(.object(["diagnostics": []])) != [])
  }
}
