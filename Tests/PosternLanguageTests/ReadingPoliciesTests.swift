// The tree worth copying: it reads without a remark, uses what the language has, and decides as its own tests say.

import Foundation
import Testing

@testable import PosternLanguage

@Suite("The tree in policies/")
struct ReadingPoliciesTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../policies").path
  static let reading = Policy.read(folder: folder)

  @Test("it reads without a diagnostic")
  func reads() {
    let report = Report(Self.reading.diagnostics, files: Self.reading.files, pathPrefix: "policies/")
    #expect(report.text() == "no mistakes\n")
    #expect(Self.reading.policy != nil)
  }

  @Test("every app has its tests beside it")
  func appsHaveTests() throws {
    let policy = try #require(Self.reading.policy)
    let expected = Set(policy.tests.flatMap(\.cases).compactMap(\.expected.appName))
    #expect(Set(policy.apps.map(\.name.value)).subtracting(expected) == [])
    #expect(policy.apps.count >= 12)
  }

  static let cases = reading.policy?.tests.flatMap(\.cases) ?? []

  @Test("it decides as its tests say", arguments: cases.indices)
  func decides(_ index: Int) throws {
    let policy = try #require(Self.reading.policy)
    let test = Self.cases[index]
    let decision = policy.decide(test.request, test.credential, at: test.nowMilliseconds)
    let expected = test.expected
    let name = "\(test.name.value): \(decision)"
    #expect(decision.verdict == expected.verdict, "\(name)")
    #expect(expected.reason.map { $0 == decision.reason } ?? true, "\(name)")
    #expect(expected.mode.map { $0 == decision.mode } ?? true, "\(name)")
    #expect(expected.clock.map { $0 == decision.clock } ?? true, "\(name)")
    #expect(expected.appName.map { $0 == decision.appIndex.map { policy.apps[$0].name.value } } ?? true, "\(name)")
    #expect(expected.touch.map { $0 == decision.touch } ?? true, "\(name)")
    #expect(expected.validUntilMilliseconds.map { $0 == decision.validUntil } ?? true, "\(name)")
  }

  /// Keys that would bring a remark, or that wait for conditions.
  static let unused: Set<String> = [
    "clientSecret", "client_secret", "secret", "clientSecretSha256", "cookieDomain", "auditConfigs", "condition",
    "denialCondition", "title",
    "expression", "location", "levels", "attributePropagationSettings", "enable", "outputCredentials",
  ]

  @Test("it uses every key of the language but those that bring a remark or wait for conditions")
  func usesEveryKey() {
    let text = Self.reading.files.map { String(decoding: $0.bytes, as: UTF8.self) }.joined(separator: "\n")
    let keys = KeySet.all.filter {
      !["Request", "Headers", "Credential", "Expectation", "Refresh", "RefreshExpectation"].contains($0.name)
    }
    .flatMap(\.keys)
    let missing = keys.filter { key in
      !Self.unused.contains(key.name)
        && ![key.name, key.snakeName].contains { text.contains("\($0):") || text.contains("\"\($0)\":") }
    }
    #expect(missing.map(\.name) == [])
  }
}
