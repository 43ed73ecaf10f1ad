// The heart of an import: nothing is dropped in silence, whatever the input.

import PosternImport
import PosternLanguage
import Testing

@Suite("Fates")
struct FateTests {
  @Test("every leaf of a case is in the tree or in the report", arguments: ImportCase.all)
  func cases(_ example: ImportCase) {
    let check = FateCheck(example.inputs, PolicyImport(of: example.inputs, options: example.options))
    #expect(check.leafCount > 10)
    #expect(check.violations == [])
  }

  @Test("every leaf of a document that is a little wrong is in the tree or in the report", arguments: 1...60)
  func mutations(_ seed: Int) {
    var mutation = Mutation(seed: UInt64(seed))
    var leafCount = 0
    for example in ImportCase.all {
      let inputs = example.inputs.map { input -> ImportInput in
        guard case .bytes(let bytes) = input.content else { return input }
        let documents = YAMLParser.parse(bytes, fileIndex: 0).nodes.map { node -> String in
          let unique = mutation.unique(Mutation.json(node))
          return mutation.mutated(unique, rarity: seed % 3 == 0 ? 12 : 60).prettyText
        }
        var input = input
        input.content = .bytes(Array(documents.joined(separator: "---\n").utf8))
        return input
      }
      let made = PolicyImport(of: inputs, options: example.options)
      guard !made.report.hasFaults else { continue }
      let check = FateCheck(inputs, made)
      leafCount += check.leafCount
      #expect(check.violations == [], "seed \(seed), \(example.name)")
    }
    #expect(leafCount > 100, "seed \(seed)")
  }

  @Test("every documented field of IapSettings is carried in every spelling")
  func everyField() throws {
    let settings = try #require(KeySet.kinds.flatMap(\.keys).first { $0.name == "settings" })
    guard case .object(let keys) = settings.shape else { return }
    for isSnake in [false, true] {
      var paths: [String] = []
      let written = Self.complete(keys, isSnake: isSnake, path: "", &paths)
      let made = PolicyImport(
        JSONValue.object(written + [JSONValue.Member("name", "projects/p/iap_web/compute/services/a")]).prettyText)
      #expect(made.report.text.contains(": whole"))
      let text = made.text("p/a.yaml") ?? ""
      #expect(paths.count > 20)
      #expect(paths.filter { !text.contains("\($0):") } == [])
    }
  }

  /// Every field but the name and secrets.
  private static func complete(
    _ keys: KeySet, isSnake: Bool, path: String, _ paths: inout [String]
  ) -> [JSONValue.Member] {
    keys.keys.compactMap { key in
      let name = isSnake ? key.snakeName : key.name
      if case .secret = key.handling { return nil }
      if key.name == "name" { return nil }
      switch key.shape {
      case .object(let set):
        return JSONValue.Member(name, .object(complete(set, isSnake: isSnake, path: path + key.name, &paths)))
      case .list:
        paths.append(key.name)
        return JSONValue.Member(name, ["x"])
      case .flag:
        paths.append(key.name)
        return JSONValue.Member(name, true)
      default:
        paths.append(key.name)
        return JSONValue.Member(name, "x")
      }
    }
  }
}
