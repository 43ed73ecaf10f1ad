// What `explain` says of a decision: the reason, the rule and its place, the obligations.

import PosternLanguage
import Testing

@testable import PosternCompiler

@Suite("Explanation")
struct ExplanationTests {
  let bundle: OpenBundle

  init() throws { bundle = try OpenBundle(Compiler.compile(RoundTripTests.policy, revision: 7)) }

  private func explain(_ host: String, _ credential: Credential, step: Int64 = 0) -> Explanation {
    let now = Credential.now + step
    return Explanation(
      bundle.decide(Request("\(host).example.com"), credential, at: now), of: bundle, at: now)
  }

  @Test("every reason has a sentence")
  func sentences() {
    #expect(Set(Reason.sentences.keys) == Set(Reason.allCases))
  }

  @Test("a granted request names the app, the binding with its place, and the obligations")
  func granted() {
    #expect(
      explain("payroll", .person("cfo@example.com")).text == """
        allow, granted: a binding holds this identity
          app             payroll               organization.yaml:3:5
          binding         6                     organization.yaml:3:5
          identity        forwarded
          valid until     2023-11-14T22:14:20Z  in 1m                  clock revalidate
          check state at  2023-11-14T22:14:20Z  in 1m
          activity        this request counts
          decided at      2023-11-14T22:13:20Z
          revision        7

        """)
  }

  @Test("a denied request names the deny rule with its place")
  func denied() {
    let ada = Credential.person("ada@example.com", groups: ["suspended@example.com"])
    #expect(
      explain("payroll", ada).text == """
        forbidden, denied: a deny rule holds this identity
          app         payroll               organization.yaml:3:5
          deny rule   0                     organization.yaml:3:5
          decided at  2023-11-14T22:13:20Z
          revision    7

        """)
  }

  @Test("a challenge says what the login must ask")
  func challenge() {
    #expect(
      explain("admin", .person("cfo@example.com")).text == """
        redirect, reauthenticationRequired: no recent authentication is strong enough
          app                admin                 organization.yaml:3:5
          clock              reauthentication
          prompt             login
          re-authentication  secureKey within 5m
          decided at         2023-11-14T22:13:20Z
          revision           7

        """)
  }

  @Test("the JSON has the names of the page and leaves out what does not apply")
  func json() {
    #expect(
      explain("payroll", Credential()).json.compactText
        == #"{"verdict":"redirect","reason":"noCredential","sentence":"there is no credential","#
        + #""app":{"name":"payroll","place":{"file":"organization.yaml","line":3,"column":5}},"now":1700000000000,"revision":7}"#
    )
  }

  @Test("without provenance the ids are the same and the places are missing")
  func stripped() throws {
    let bare = try OpenBundle(Compiler.strippingProvenance(of: bundle.bytes))
    let decision = bare.decide(
      Request("payroll.example.com"), .person("cfo@example.com"), at: Credential.now)
    #expect(Explanation(decision, of: bare, at: Credential.now).text.contains("  binding         6\n"))
  }

  @Test("the title of a condition stands with its binding's place")
  func titles() throws {
    var policy = RoundTripTests.policy
    policy.nodes[0].bindings[0].condition = Condition(title: "office hours", expression: sourced("true"))
    let bundle = try OpenBundle(Compiler.compile(policy, revision: 1))
    #expect(bundle.place(ofBinding: 0)?.title == "office hours")
  }

  @Test("a provenance section that is none, or is cut, gives no places and never traps")
  func hostileProvenance() throws {
    var policy = RoundTripTests.policy
    policy.nodes[0].bindings[0].condition = Condition(title: "office hours", expression: sourced("true"))
    let bytes = ProvenanceWriter.bytes(policy, conditionByteCounts: [:])
    for count in 0..<bytes.count {
      let table = ProvenanceTable(Array(bytes.prefix(count)))
      _ = table?.place(ofApp: 4)
      _ = table?.condition(ofBinding: 0)
    }
    for index in bytes.indices {
      var flipped = bytes
      flipped[index] ^= 0xFF
      _ = ProvenanceTable(flipped)?.place(ofApp: 4)
      _ = ProvenanceTable(flipped)?.place(ofBinding: 0)
      _ = ProvenanceTable(flipped)?.condition(ofBinding: 0)
    }
    #expect(ProvenanceTable([0xFF, 0xFF, 0xFF, 0xFF]) == nil)
  }
}
