// The gate's rules, "Bundles", from a file; and the addresses that a server may have.

import Testing

@testable import PosternService

@Suite("Bundles")
struct BundleFileTests {
  @Test("a file is taken when it is another one, and refused once where it is bad")
  func file() async throws {
    let (folder, key) = (try TestFolder(), try TestKey())
    let path = folder.path("policy.ptb")
    #expect(FileAccess.write(try key.bundle(revision: 5), to: path))
    let loader = try TestLoader.file(path, key: key, in: folder)
    #expect(try await loader.first().revision == 5)
    #expect(try await loader.reloadedRevision() == nil)
    #expect(FileAccess.write(try TestKey().bundle(revision: 6), to: path))
    #expect(await loader.fault()?.hasPrefix("\(path) is refused: ") == true)
    #expect(await loader.fault() == nil)
    #expect(FileAccess.write(try key.bundle(revision: 6), to: path))
    #expect(try await loader.reloadedRevision() == 6)
    #expect(FileAccess.read(folder.path("bundle.ptb")) == nil)
  }

  @Test("a restart takes no older bundle than the last that was accepted")
  func revisions() async throws {
    let (folder, key) = (try TestFolder(), try TestKey())
    let path = folder.path("policy.ptb")
    #expect(FileAccess.write(try key.bundle(revision: 6), to: path))
    _ = try await TestLoader.file(path, key: key, in: folder).first()
    for bytes in [try key.bundle(revision: 5), try key.bundle(revision: 6, "other")] {
      #expect(FileAccess.write(bytes, to: path))
      let loader = try TestLoader.file(path, key: key, in: folder)
      await #expect(throws: LoadFault.self) { try await loader.first() }
    }
  }

  @Test(
    "an address is https, or http of this machine",
    arguments: [
      "https://policy.example.com/p.ptb", "https://policy.example.com:8443", "https://[2001:db8::1]/p?x=y",
      "http://127.0.0.1:8000/p", "http://localhost/p", "http://policy.localhost:1/p", "http://[::1]:8000/p",
    ])
  func address(_ text: String) { #expect(BundleAddress(text)?.url == text) }

  @Test(
    "any other address is none",
    arguments: [
      "", "policy.ptb", "/p", "http://policy.example.com/p", "http://127.0.0.1.example.com/p", "http://10.0.0.1/p",
      "ftp://a/p", "https://", "https:///p", "https://user:secret@a/p", "https://a:0/", "https://a:x/", "https://a b/",
      "https://a/#f", "http://localhost.example.com/", "https://[::1", "https://a/\n",
    ])
  func noAddress(_ text: String) { #expect(BundleAddress(text) == nil) }

  // MARK: settings

  private func mistakes(_ arguments: [String]) async -> [String] {
    let given = ["--bundle-allow-unsigned", "--login-host", "login.example.com", "--listeners", "caddy=127.0.0.1:0"]
    do {
      _ = try await GateConfiguration.read(arguments: given + arguments, environment: [:], file: nil)
      return []
    } catch { return error.mistakes }
  }

  @Test("there is one bundle, from a file or from a server")
  func settings() async {
    #expect(await mistakes(["--bundle-url", "https://a/p"]) == [])
    #expect(
      await mistakes([]) == ["bundle.file: must be set (--bundle-file, POSTERND_BUNDLE_FILE), or bundle.url instead"])
    #expect(
      await mistakes(["--bundle-url", "https://a/p", "--bundle-file", "/p"])
        == ["bundle.url: bundle.file is set too; there is one bundle"])
    #expect(
      await mistakes(["--bundle-url", "http://a/p"])
        == ["bundle.url: `http://a/p` is no https:// URL, nor an http:// URL of this machine"])
    #expect(
      await mistakes(["--bundle-url", "https://a/p", "--bundle-poll-seconds", "0"])
        == ["bundle.pollSeconds: a number of seconds, from 1 to 86400"])
  }
}
