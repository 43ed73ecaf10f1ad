// The trees that the review's tests stand on.

import PosternCompiler
import PosternLanguage
import PosternReview
import Testing

@Suite("Trees under review")
struct TreeFixtureTests {
  @Test("the repository's own tree can be reviewed")
  func repository() throws {
    let side = try TreeFixture.repository()
    #expect(side.bundle.appCount == side.policy.apps.count)
    #expect(side.policy.apps.count > 5)
  }
}
