// The engines that must agree with the reference: add one here and every test of this folder runs it.

import PosternCompiler
import PosternLanguage

/// The Swift kernel, over a bundle that the compiler made of the policy.
struct KernelEngine: Engine {
  static let name = "kernel"
  private let bundle: OpenBundle

  init(_ policy: Policy) throws {
    let refused = Compiler.check(policy)
    if let first = refused.first { throw RefusedPolicy(diagnostic: first) }
    bundle = try OpenBundle(Compiler.compile(policy, revision: 1))
  }

  func decide(_ request: Request, _ credential: Credential, at now: Int64) -> Decision {
    bundle.decide(request, credential, at: now)
  }
}

/// A generated policy that does not compile.
struct RefusedPolicy: Error {
  let diagnostic: Diagnostic
}

/// All engines but the reference; the C library where its program is named.
enum Engines {
  static var candidates: [any Engine.Type] {
    CLibraryDecider.path == nil ? [KernelEngine.self] : [KernelEngine.self, CLibraryEngine.self]
  }

  static var names: String { candidates.map { $0.name }.joined(separator: ", ") }
}
