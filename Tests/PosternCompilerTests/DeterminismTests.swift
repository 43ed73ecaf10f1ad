// The same policy gives the same bytes; what does not decide does not change what does.

import PosternBundle
import PosternKernel
import PosternLanguage
import Testing

@testable import PosternCompiler

@Suite("Determinism")
struct DeterminismTests {
  /// The same policy, whose members were met in another order.
  static func shuffledMembers(_ policy: Policy) -> Policy {
    var policy = policy
    let count = UInt32(policy.members.count)
    func moved(_ index: UInt32) -> UInt32 { count - 1 - index }
    func moved(_ use: MemberUse) -> MemberUse {
      MemberUse(memberIndex: moved(use.memberIndex), line: use.line, column: use.column)
    }
    policy.members.reverse()
    for node in policy.nodes.indices {
      for binding in policy.nodes[node].bindings.indices {
        policy.nodes[node].bindings[binding].members = policy.nodes[node].bindings[binding].members.map(moved)
      }
    }
    for rule in policy.denyRules.indices {
      policy.denyRules[rule].deniedPrincipals = policy.denyRules[rule].deniedPrincipals.map(moved)
      policy.denyRules[rule].exceptionPrincipals = policy.denyRules[rule].exceptionPrincipals.map(moved)
    }
    for group in policy.groups.indices {
      policy.groups[group].memberIndex = moved(policy.groups[group].memberIndex)
      policy.groups[group].members = policy.groups[group].members.map(moved)
    }
    return policy
  }

  @Test("compiling twice gives the same bytes")
  func compilingTwice() {
    #expect(
      Compiler.compile(RoundTripTests.policy, revision: 7) == Compiler.compile(RoundTripTests.policy, revision: 7))
  }

  /// Apps in folders, whose members are first named in many files.
  private static let tree: SourceTree = {
    var files = [
      SourceFile(
        path: "organization.yaml",
        bytes: Array(
          """
          kind: Organization
          name: example.com
          loginProviders:
            - {name: w, source: workspace, issuer: "https://a.example.com", clientID: p, domains: [example.com]}
          session: {absoluteTimeout: 14d, idleTimeout: none, revalidate: 2m}
          """.utf8))
    ]
    for app in 0..<90 {
      let members = (0..<30).map { "user:u\((app * 37 + $0 * $0 * 11) % 400)@example.com" }
      let text = """
        kind: App
        name: app\(app)
        routes: [app\(app).example.com/, portal.example.com/\(app)]
        iam: {bindings: [{role: roles/iap.httpsResourceAccessor, members: [\(Set(members).sorted().joined(separator: ", "))]}]}
        """
      files.append(SourceFile(path: "f\(app % 7)/app\(app).yaml", bytes: Array(text.utf8)))
    }
    return SourceTree(files: files.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) })
  }()

  @Test("a tree gives the same bytes however many workers read it", arguments: [(1, 0), (2, .max), (8, 2_000), (8, 0)])
  func workers(_ workerLimit: Int, _ batchByteCount: Int) throws {
    let alone = try #require(Policy.read(Self.tree, workerLimit: 1, batchByteCount: .max).policy)
    let policy = try #require(
      Policy.read(Self.tree, workerLimit: workerLimit, batchByteCount: batchByteCount).policy)
    #expect(Compiler.compile(policy, revision: 1) == Compiler.compile(alone, revision: 1))
  }

  @Test("the order in which members and groups were met changes no section but the strings and what points there")
  func orderOfMembers() throws {
    var policy = Self.shuffledMembers(RoundTripTests.policy)
    policy.groups.reverse()
    let first = CompiledSections(RoundTripTests.policy).sections
    let second = CompiledSections(policy).sections
    let free: [SectionID] = [
      .grants, .denyRules, .denyMembers, .denySets, .memberships, .nameTable, .code, .apps, .organization,
    ]
    for id in free {
      let left = try #require(first.first { $0.id == id })
      let right = try #require(second.first { $0.id == id })
      #expect(left.content == right.content, "section \(id.rawValue)")
    }
  }

  @Test("the revision stands in the header and in the manifest, and nowhere else")
  func revisions() throws {
    let first = Compiler.compile(RoundTripTests.policy, revision: 1)
    let second = Compiler.compile(RoundTripTests.policy, revision: 2)
    let table = try #require(SectionTable(first))
    for entry in table.entries where entry.id != .manifest {
      #expect(first[entry.range] == second[entry.range])
    }
  }

  @Test("a stripped bundle is the one that was compiled without provenance and source")
  func strippingProvenance() throws {
    let bundle = Compiler.compile(RoundTripTests.policy, revision: 7, options: .init(includesSource: true))
    let bare = Compiler.compile(RoundTripTests.policy, revision: 7, options: .init(includesProvenance: false))
    #expect(try Compiler.strippingProvenance(of: bundle) == bare)
  }

  @Test("a stripped bundle decides as before, ids included")
  func strippedBundlesDecide() throws {
    let bundle = Compiler.compile(RoundTripTests.policy, revision: 7)
    let whole = try OpenBundle(bundle)
    let bare = try OpenBundle(Compiler.strippingProvenance(of: bundle))
    for credential in RoundTripTests.people() {
      for request in RoundTripTests.requests() {
        #expect(
          whole.decide(request, credential, at: Credential.now) == bare.decide(request, credential, at: Credential.now))
      }
    }
  }

  @Test("a bundle that is not whole is not stripped, which would make it whole")
  func brokenBundlesAreNotStripped() throws {
    var bundle = Compiler.compile(RoundTripTests.policy, revision: 7)
    let range = try #require(SectionTable(bundle)?.range(.strings))
    bundle[range.lowerBound] ^= 1
    #expect(throws: SignatureFault.sectionMismatch(id: 1)) { try Compiler.strippingProvenance(of: bundle) }
  }
}
