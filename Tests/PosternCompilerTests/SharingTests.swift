// Equal things are stored once, and rows stay small whatever their size.

internal import PosternBundle
import PosternKernel
import PosternLanguage
import Testing

@testable import PosternCompiler

@Suite("Sharing")
struct SharingTests {
  private func byteCount(_ id: SectionID, _ policy: Policy) -> Int {
    CompiledSections(policy).sections.first { $0.id == id }?.byteCount ?? 0
  }

  private func apps(_ count: Int, configure: (Int, inout App) -> Void = { _, _ in }) -> Policy {
    var builder = PolicyBuilder()
    for index in 0..<count {
      builder.addApp("app\(index)", bindings: [[.domain("example.com")]]) { configure(index, &$0) }
    }
    return builder.policy
  }

  @Test("a thousand apps of one shape share one program, one profile and one certificate")
  func equalApps() {
    for id: SectionID in [.code, .profiles, .costs] {
      #expect(byteCount(id, apps(1_000)) == byteCount(id, apps(1)), "section \(id.rawValue)")
    }
  }

  @Test("a thousand apps that are given the same attributes share their records, and those with others have their own")
  func equalPropagation() {
    let names = { (app: Int) in ["a", "b", app % 2 == 0 ? "c" : "d"] }
    let policy = apps(1_000) { index, app in
      app.application.attributePropagation = sourced(.selecting(names(index), outputs: [.header]))
    }
    #expect(byteCount(.propagation, policy) == 2 * 3 * 24)
    #expect(byteCount(.profiles, policy) == 2 * 64)
  }

  @Test("the same attributes in other credentials are other records")
  func propagationOutputs() {
    let policy = apps(2) { index, app in
      app.application.attributePropagation = sourced(.selecting(["a"], outputs: index == 0 ? [.jwt] : [.jwt, .header]))
    }
    #expect(byteCount(.propagation, policy) == 2 * 24)
  }

  @Test("apps whose timers differ have programs of their own")
  func differentApps() {
    let policy = apps(3) { index, app in app.session.idleTimeout = sourced(.seconds(UInt32(600 + index))) }
    #expect(byteCount(.code, policy) == 3 * byteCount(.code, apps(1)))
  }

  @Test("graces that nothing can be graced by do not tell programs apart")
  func graceWithoutRevalidation() {
    let policy = apps(2) { index, app in
      app.session.revalidate = sourced(.none)
      if index == 1 { app.session.onStateUnavailable = sourced(.allowFor(seconds: 60)) }
    }
    #expect(Set(CompiledSections(policy).costs).count == 1)
    let words = CompiledSections(policy).sections.first { $0.id == .apps }
    guard case .words(let lines) = words?.content else { return }
    #expect(lines[0] == lines[16])
  }

  @Test("names that differ only in Unicode normalization are different names")
  func normalization() {
    let policy = apps(2) { index, app in
      app.access.programmaticClients = [sourced(index == 0 ? "caf\u{E9}" : "cafe\u{301}")]
    }
    // Two audiences, two clients, one domain.
    #expect(byteCount(.names, policy) == 5 * 32)
  }

  @Test("a row of three or more members takes at most 14 bytes a member, and the kernel accepts it")
  func rowSizes() throws {
    var builder = PolicyBuilder()
    let sizes = Array(3...40) + Array(stride(from: 41, to: 2_000, by: 97)) + [2_000]
    for size in sizes {
      builder.addApp("app\(size)", bindings: [(0..<size).map { .user(email: "user\($0)@example.com") }])
    }
    let open = try OpenBundle(Compiler.compile(builder.policy, revision: 1))
    let contents = open.contents
    let starts = sizes.indices.map { Int(contents.u32(contents.appLine($0) + 16)) * 8 }
    let ends = starts.dropFirst() + [contents.section(.grants).count]
    for (size, (start, end)) in zip(sizes, zip(starts, ends)) {
      #expect(end - start <= 14 * size, "\(size) members")
    }
  }

  @Test("every member of a large row is granted, and nobody else")
  func largeRows() throws {
    var builder = PolicyBuilder()
    builder.addApp("crowd", bindings: [(0..<500).map { .user(email: "user\(2 * $0)@example.com") }])
    let open = try OpenBundle(Compiler.compile(builder.policy, revision: 1))
    var buffers = DecisionBuffers()
    for index in 0..<1_001 {
      let person = Credential.person("user\(index)@example.com")
      let answer = open.decide(Request("crowd.example.com"), person, at: Credential.now, using: &buffers)
      #expect((answer.verdict == .allow) == (index % 2 == 0 && index < 1_000), "user\(index)")
    }
  }
}
