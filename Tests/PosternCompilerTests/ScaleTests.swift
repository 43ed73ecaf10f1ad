// Compiling organizations of the size that the format is made for.

import PosternKernel
import PosternLanguage
import Testing

@testable import PosternCompiler

@Suite("Scale")
struct ScaleTests {
  @Test("the grants section takes at most 14 bytes a grant at ten grants an app")
  func grantsAreCompact() throws {
    let appCount = 2_000
    let policy = SyntheticOrganization(appCount: appCount).policy()
    let grants = try #require(CompiledSections(policy).sections.first { $0.id == .grants })
    #expect(grants.byteCount <= 14 * 10 * appCount)
  }
}
