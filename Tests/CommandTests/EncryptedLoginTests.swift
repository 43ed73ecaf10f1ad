// Login and curl over https: whom they trust, and that nothing leaves it.

import Testing

@Suite("login over https")
struct EncryptedLoginTests {
  let world: LoginWorld

  init() throws { world = try LoginWorld(isEncrypted: true) }

  private func run(_ arguments: String..., trusting certificate: String? = "certificate.pem") throws -> Outcome {
    var command = world.command(arguments)
    command.environment["SSL_CERT_FILE"] = certificate.map { world.scratch.path($0) }
    return try command.run()
  }

  @Test("a certificate that nobody here knows is refused")
  func unknownCertificate() throws {
    let outcome = try run("login", "--issuer", world.server.issuer, trusting: nil)
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("CERTIFICATE_VERIFY_FAILED"))
    #expect(world.server.requests("/.well-known/oauth-authorization-server").isEmpty)
  }

  @Test("a certificate for another name is refused")
  func otherName() throws {
    let issuer = world.server.issuer.replacing("localhost", with: "127.0.0.1")
    let outcome = try run("login", "--issuer", issuer)
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("failedToValidateHostname"))
    #expect(world.server.requests("/.well-known/oauth-authorization-server").isEmpty)
  }

  @Test("SSL_CERT_FILE names whom to trust, for postern and for curl")
  func trusted() throws {
    #expect(try run("login", "--issuer", world.server.issuer).status == 0)
    let outcome = try run("curl", "-sS", "\(world.server.issuer)/app")
    #expect(outcome == Outcome(status: 0, output: "the app saw Bearer access-2\n", errors: ""))
  }

  @Test("a redirect to http is not followed")
  func downgrade() throws {
    let plain = try StandInServer()
    #expect(try run("login", "--issuer", world.server.issuer).status == 0)
    world.server.change { $0.replies["/away"] = [.init(status: 302, location: "\(plain.issuer)/app")] }
    #expect(try run("curl", "-sSL", "\(world.server.issuer)/away").status == 1)
    #expect(plain.requests("/app").isEmpty)
  }
}
