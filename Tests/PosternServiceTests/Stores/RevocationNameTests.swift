// The names of revocations: what `Revocation.ends` says of facts, stores say by comparing names.

import Testing

@testable import PosternService

@Suite("Names of revocations")
struct RevocationNameTests {
  @Test("names and `ends` say the same of each login of the world", arguments: RevocationCase.all)
  func namesAgree(_ revoked: RevocationCase) {
    for (name, login) in RevocationCase.world {
      let facts = SessionFacts(
        session: Kept.session(of: name), login: login, account: Kept.account(), lastSeenAt: [:])
      let key = Kept.key("\(name)/session")
      let endings = Revocation.ending(login, Kept.key(name)) + [.session(key)]
      #expect(endings.map(\.name).contains(revoked.revocation.name) == revoked.revocation.ends(facts, key: key))
    }
  }

  @Test("no two revocations have one name, however their texts are cut")
  func namesDiffer() {
    let all: [Revocation] = [
      .person(provider: "a", subject: "b", tenant: nil), .person(provider: "a", subject: "b", tenant: ""),
      .person(provider: "a", subject: "b", tenant: "-"), .person(provider: "a1", subject: "b", tenant: nil),
      .person(provider: "a", subject: "1b", tenant: nil), .tenant(provider: "a", tenant: "b"),
      .tenant(provider: "ab", tenant: ""), .providerSession(provider: "a", session: "b"),
      .providerSession(provider: "a1:b", session: ""), .browser("a"), .browser("1:a"), .everyone,
    ]
    #expect(Set(all.map(\.name)).count == all.count)
  }
}
