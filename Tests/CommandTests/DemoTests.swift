// `make tour` shows every answer that the kernel can give, and nothing in it is made up for the occasion.

import Foundation
import PosternLanguage
import Testing

@Suite("demo")
struct DemoTests {
  private static let tables = [
    (policies: "policies", requests: "demo/requests"),
    (policies: "demo/crowd/policies", requests: "demo/crowd/requests"),
    (policies: "demo/conditions/policies", requests: "demo/conditions/requests"),
  ]

  /// The requests of the demo and the decisions that they get.
  private func decisions() throws -> [[String: Any]] {
    try Self.tables.flatMap { table in
      var command = Command("eval", table.policies, "--table", table.requests, "--json")
      command.folder = Golden.root
      let rows = try JSONSerialization.jsonObject(with: Data(command.run().output.utf8)) as? [[String: Any]]
      return try #require(rows).compactMap { $0["decision"] as? [String: Any] }
    }
  }

  /// A stale resolution is no request's doing, and is shown below the tables.
  private static let unreachable: Set<Reason> = [.undecided, .staleResolution]

  @Test("the demo shows every verdict and every reason that can occur")
  func everything() throws {
    let decisions = try decisions()
    let reasons = Set(decisions.compactMap { $0["reason"] as? String })
    #expect(reasons == Set(Reason.allCases.filter { !Self.unreachable.contains($0) }.map { "\($0)" }))
    #expect(Set(decisions.compactMap { $0["verdict"] as? String }) == Set(Verdict.allCases.map { "\($0)" }))
  }

  @Test("the demo shows a stale resolution and the road to a decision")
  func belowTheTables() throws {
    let outcome = try Shell.run("POSTERN=\"$0\" demo/tour.sh", folder: Golden.root)
    #expect(outcome.output.contains("\nforbidden, staleResolution: "))
    #expect(outcome.output.contains("  >  8.6  idle timeout "))
  }

  @Test("the demo runs, and its table has a line for each request")
  func runs() throws {
    let outcome = try Shell.run("POSTERN=\"$0\" demo/tour.sh", folder: Golden.root)
    #expect(outcome.status == 0)
    #expect(outcome.errors == "")
    let requests = try Self.tables.flatMap { table in
      try FileManager.default.contentsOfDirectory(atPath: Golden.root.appending(path: table.requests).path())
    }
    let names = requests.map { String($0.dropLast(5)) }
    let lines = outcome.output.split(separator: "\n")
    #expect(names.filter { name in !lines.contains { $0.hasPrefix(name + " ") } } == [])
  }
}
