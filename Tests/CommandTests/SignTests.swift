// `postern sign` and `postern verify`, beside the openssl command, which must agree.

import Foundation
import Testing

@Suite("sign and verify")
struct SignTests {
  let scratch: Scratch

  init() throws {
    scratch = try Scratch()
    try Tree.small.write(to: scratch)
    for name in ["key", "other"] {
      let script = """
        openssl genpkey -algorithm ed25519 -out \(name).pem && openssl pkey -in \(name).pem -pubout -out \(name).pub
        """
      try #require(Shell.run(script, folder: scratch.folder).status == 0)
    }
    try #require(run("compile", "policies", "-o", "out.ptb", "--revision", "7", "--sign", "key.pem").status == 0)
  }

  @discardableResult private func run(_ arguments: String...) throws -> Outcome {
    var command = Command(arguments: arguments)
    command.folder = scratch.folder
    return try command.run()
  }

  @Test("a bundle verifies with the key that signed it")
  func verifies() throws {
    let outcome = try run("verify", "out.ptb", "--key", "key.pub", "--minimum-revision", "7")
    #expect(outcome.status == 0)
    #expect(outcome.output.hasPrefix("out.ptb is whole and signed with this key: revision 7, manifest "))
  }

  @Test("signing twice gives the bytes of compiling with a signature")
  func signs() throws {
    try run("compile", "policies", "-o", "plain.ptb", "--revision", "7")
    #expect(try run("sign", "plain.ptb", "--key", "other.pem").status == 0)
    #expect(try run("sign", "plain.ptb", "--key", "key.pem").status == 0)
    #expect(try scratch.bytes("plain.ptb") == scratch.bytes("out.ptb"))
  }

  @Test("the openssl command accepts the signature over the manifest")
  func openSSLAgrees() throws {
    try run("verify", "out.ptb", "--key", "key.pub", "--manifest-out", "m", "--signature-out", "s")
    let script = "openssl pkeyutl -verify -pubin -inkey key.pub -rawin -in m -sigfile s"
    #expect(try Shell.run(script, folder: scratch.folder).status == 0)
  }

  @Test(
    "what cannot be trusted is refused in words",
    arguments: [
      (["out.ptb", "--key", "other.pub"], "out.ptb is not accepted: it was signed with another key"),
      (
        ["out.ptb", "--key", "key.pub", "--minimum-revision", "8"],
        "out.ptb is not accepted: its revision is 7, lower than 8"
      ),
      (["plain.ptb", "--key", "key.pub"], "plain.ptb is not accepted: it carries no signature"),
      (
        ["flipped.ptb", "--key", "key.pub"], "flipped.ptb is not accepted: its section 1 is not what the manifest says"
      ),
      (["key.pem", "--key", "key.pub"], "key.pem is not accepted: it is no bundle"),
      (["nothing", "--key", "key.pub"], "cannot read nothing: no such file or directory"),
      (["out.ptb", "--key", "rsa.pub"], "rsa.pub is a key of another algorithm: bundles are signed with Ed25519"),
      (["out.ptb", "--key", "key.pem"], "key.pem is no public key in PEM that can be read without a passphrase"),
    ])
  func refuses(_ arguments: [String], _ message: String) throws {
    try run("compile", "policies", "-o", "plain.ptb")
    try writeFlipped()
    let script = "openssl genrsa -out rsa.pem 2048 && openssl pkey -in rsa.pem -pubout -out rsa.pub"
    _ = try Shell.run(script, folder: scratch.folder)
    var command = Command(arguments: ["verify"] + arguments)
    command.folder = scratch.folder
    #expect(try command.run() == Outcome(status: 1, output: "", errors: "error: \(message)\n"))
  }

  /// A bundle with one letter changed in a name.
  private func writeFlipped() throws {
    var bytes = Data(try scratch.bytes("out.ptb"))
    let name = try #require(bytes.range(of: Data("ann@example.com".utf8)))
    bytes[name.lowerBound] ^= 1
    try bytes.write(to: scratch.url("flipped.ptb"))
  }
}
