// Rewrites of this repository's own tree that preserve what it means: none of them is a difference.

import PosternCompiler
import PosternLanguage
import PosternReview
import Testing

@Suite("Rewrites")
struct RewriteTests {
  /// A text in a file of the tree, and another that means the same.
  struct Rewrite: CustomTestStringConvertible, Sendable {
    let file: String
    let old: String
    let new: String

    init(_ file: String, _ old: String, _ new: String) {
      self.file = file
      self.old = old
      self.new = new
    }

    var testDescription: String { "\(old) -> \(new)" }

    func applied(to files: [SourceFile]) throws -> [SourceFile] {
      let index = try #require(files.firstIndex { $0.path == file })
      let text = String(decoding: files[index].bytes, as: UTF8.self)
      var rewritten = files
      rewritten[index] = SourceFile(path: file, bytes: Array(text.replacing(old, with: new).utf8))
      try #require(rewritten[index].bytes != files[index].bytes, "the rewrite must change something")
      return rewritten
    }
  }

  private static let same = "nothing changes: proved for everyone and every request\n"
  private static let ledger = "finance/ledger.yaml"
  private static let method = #"request.method in ["GET", "HEAD"]"#
  private static let levels = "access-levels.yaml"
  private static let office = #"["192.0.2.0/24", "2001:db8:47::/48"]"#
  private static let managed = "levels.office && device.is_corp_owned_device && device.screen_lock"

  static let ofConditions = [
    Rewrite(ledger, method, #"request.method in ["HEAD", "GET"]"#),
    Rewrite(ledger, method, #"request.method in ["HEAD", "GET", "GET"]"#),
    Rewrite(ledger, method, #"(request.method == "GET" || request.method == "HEAD")"#),
    Rewrite(ledger, method, #"("HEAD" == request.method || "GET" == request.method)"#),
    Rewrite(ledger, method, #"!(request.method != "GET" && request.method != "HEAD")"#),
    Rewrite(ledger, method, #"(request.method == "GET" ? true : request.method == "HEAD")"#),
    Rewrite(ledger, method, #"!!(request.method in ["GET", "HEAD"])"#),
    Rewrite(ledger, method, #"(request.method in ["GET"] || request.method in ["HEAD"])"#),
    Rewrite(ledger, "levels.managed", managed),
    Rewrite(ledger, "levels.managed", "(device.screen_lock && levels.office && device.is_corp_owned_device)"),
    Rewrite(ledger, "levels.managed", "levels.managed && levels.managed"),
    Rewrite(ledger, "levels.managed && ", "true && levels.managed && "),
    Rewrite(ledger, "levels.managed && ", "levels.managed && !false && "),
    Rewrite(ledger, #"startsWith("/reports/")"#, #"startsWith("/reports/") && request.path.startsWith("/rep")"#),
    Rewrite(ledger, #"startsWith("/reports/")"#, #"startsWith("/reports/") && request.path != "/reports""#),
    Rewrite(ledger, #"timestamp("2026-07-01T00:00:00Z")"#, #"timestamp("2026-07-01T02:00:00+02:00")"#),
    Rewrite(
      ledger, #"request.time < timestamp("2026-07-01T00:00:00Z")"#,
      #"!(request.time >= timestamp("2026-07-01T00:00:00Z"))"#),
    Rewrite(
      ledger, #"request.time < timestamp("2026-07-01T00:00:00Z")"#, #"timestamp("2026-07-01T00:00:00Z") > request.time"#
    ),
    Rewrite(
      ledger, #"request.time < timestamp("2026-07-01T00:00:00Z")"#,
      #"request.time < timestamp("2026-07-01T00:00:00Z") && request.time < timestamp("2026-08-01T00:00:00Z")"#),
    Rewrite(levels, office, #"["2001:db8:47::/48", "192.0.2.0/24"]"#),
    Rewrite(levels, office, #"["192.0.2.0/25", "192.0.2.128/25", "2001:db8:47::/48"]"#),
    Rewrite(levels, office, #"["192.0.2.0/24", "192.0.2.7", "2001:db8:47::/48"]"#),
    Rewrite(levels, office, #"["192.0.2.0/24", "2001:db8:47::/49", "2001:db8:47:8000::/49"]"#),
    Rewrite(levels, managed, "device.is_corp_owned_device && device.screen_lock && levels.office"),
    Rewrite(levels, managed, "'!(!levels.office || !device.is_corp_owned_device || !device.screen_lock)'"),
    Rewrite(levels, managed, "levels.office && (device.is_corp_owned_device && device.screen_lock)"),
  ]

  static let ofBindings = [
    Rewrite(
      "finance/payroll.yaml", "        - group:payroll@example.com\n        - user:cfo@example.com",
      "        - user:cfo@example.com\n        - group:payroll@example.com"),
    Rewrite(
      "finance/payroll.yaml", "        - user:cfo@example.com",
      "        - user:cfo@example.com\n        - user:ann@example.com"),
    Rewrite("finance/payroll.yaml", "        - user:cfo@example.com", "        - user:CFO@example.com"),
    Rewrite(
      "finance/payroll.yaml", "        - user:cfo@example.com",
      "    - role: roles/iap.httpsResourceAccessor\n      members: [user:cfo@example.com]"),
    Rewrite("finance/payroll.yaml", "idleTimeout: 15m", "idleTimeout: 900s"),
    Rewrite("finance/payroll.yaml", "[/healthz, /api/poll]", "[/api/poll, /healthz, /api/poll/deep]"),
    Rewrite("finance/folder.yaml", "domains: [example.com]", "domains: [example.com, nobody.example]"),
    Rewrite(
      ledger, #"["group:finance@example.com", "serviceAccount"#,
      #"["group:finance@example.com", "group:payroll@example.com", "serviceAccount"#),
  ]

  /// Each condition of the tree as it stands in its file, and as an expression.
  private static let wholeExpressions: [(file: String, written: String, expression: String)] = [
    (levels, "inIpRange(origin.ip, \(office))", "inIpRange(origin.ip, \(office))"), (levels, managed, managed),
    (
      ledger,
      #"""
      >-
                levels.managed && request.method in ["GET", "HEAD"] && request.path.startsWith("/reports/")
                && request.time < timestamp("2026-07-01T00:00:00Z")
      """#,
      #"levels.managed && \#(method) && request.path.startsWith("/reports/") && request.time < timestamp("2026-07-01T00:00:00Z")"#
    ),
  ]

  /// What an expression may be wrapped in, whatever it comes to: `C` is the expression.
  private static let wrappings = [
    "(C)", "!!(C)", "true && (C)", "(C) && true", "false || (C)", "(C) || false", "(C) && (C)", "(C) || (C)",
    "(C) ? true : false", "!(C) ? false : true", "!(!(C) || false)", "(C) || (C) && request.method == 'GET'",
    "(C) && ((C) || request.method == 'GET')", "true ? (C) : false", "false ? true : (C)", "cel.bind(x, C, x)",
    "[1, 2].all(i, C)", "[1].exists(i, C)", "(C) && 'a' in ['a', 'b']",
    "(C) && size('ab') == 2", "(C) || 1 > 2", "(C) && (request.method == 'GET' || request.method != 'GET')",
    "(C) || request.method == 'GET' && request.method == 'PUT'",
  ]

  /// A text as YAML quotes it, the way JSON does.
  private static func quoted(_ text: String) -> String { JSONValue.string(text).compactText }

  @Test("a condition inside another that comes to the same is no difference", arguments: wholeExpressions.indices)
  func wholeConditions(index: Int) throws {
    let (file, written, expression) = Self.wholeExpressions[index]
    let files = try TreeFixture.files()
    let before = try TreeFixture.tree(files)
    for wrapping in Self.wrappings {
      let rewrite = Rewrite(file, written, Self.quoted(wrapping.replacing("C", with: expression)))
      let comparison = try PolicyComparison(before: before, after: TreeFixture.tree(rewrite.applied(to: files)))
      #expect(comparison.text(isColored: false) == Self.same, "\(wrapping)")
    }
  }

  @Test("files under other names, with comments and in another order, are no difference")
  func otherFiles() throws {
    let files = try TreeFixture.files()
    let rewritten = files.map { file in
      let isFixed = ["organization.yaml", "folder.yaml"].contains { file.path.hasSuffix($0) }
      let path = isFixed ? file.path : file.path.replacing(".yaml", with: "-again.yaml")
      return SourceFile(path: path, bytes: Array("# Written again.\n\n".utf8) + file.bytes)
    }
    try expectSame(files, rewritten.reversed())
  }

  @Test("a condition written otherwise is no difference", arguments: ofConditions)
  func conditions(rewrite: Rewrite) throws { try expectSame(rewrite) }

  @Test("members and settings written otherwise are no difference", arguments: ofBindings)
  func bindings(rewrite: Rewrite) throws { try expectSame(rewrite) }

  @Test("a folder under another name is no difference")
  func moves() throws {
    let files = try TreeFixture.files()
    let moved = files.map { SourceFile(path: $0.path.replacing("finance/", with: "books/"), bytes: $0.bytes) }
    #expect(moved.map(\.path) != files.map(\.path))
    try expectSame(files, moved)
  }

  private func expectSame(_ rewrite: Rewrite) throws {
    let files = try TreeFixture.files()
    try expectSame(files, rewrite.applied(to: files))
  }

  private func expectSame(_ old: [SourceFile], _ new: [SourceFile]) throws {
    let comparison = try PolicyComparison(before: TreeFixture.tree(old), after: TreeFixture.tree(new))
    #expect(comparison.text(isColored: false) == Self.same)
  }
}
