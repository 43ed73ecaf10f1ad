// Signatures, digests and revisions: what a loader accepts, and that the openssl command agrees.

import PosternBundle
import PosternKernel
import PosternLanguage
import Testing

@testable import PosternCompiler

@Suite("Signatures")
struct SignatureTests {
  let bundle = Compiler.compile(RoundTripTests.policy, revision: 7)
  let openSSL: OpenSSL
  let signingKey: SigningKey
  let verificationKey: VerificationKey

  init() throws {
    openSSL = try OpenSSL()
    let keys = try openSSL.makeKeys("gate")
    signingKey = try SigningKey(pem: keys.secret)
    verificationKey = try VerificationKey(pem: keys.open)
  }

  private func fault(_ bundle: [UInt8], after accepted: AcceptedBundle? = nil) -> SignatureFault? {
    do throws(SignatureFault) {
      _ = try BundleSignature.verify(bundle, with: verificationKey, after: accepted)
      return nil
    } catch {
      return error
    }
  }

  @Test("a signed bundle is accepted with the key that signed it")
  func signedBundlesAreAccepted() throws {
    defer { openSSL.remove() }
    let accepted = try BundleSignature.verify(BundleSignature.sign(bundle, with: signingKey), with: verificationKey)
    #expect(accepted.revision == 7)
  }

  @Test("a signed bundle is still a bundle")
  func signedBundlesOpen() throws {
    defer { openSSL.remove() }
    #expect(try OpenBundle(BundleSignature.sign(bundle, with: signingKey)).revision == 7)
  }

  @Test("signing twice leaves one signature")
  func signingIsIdempotent() throws {
    defer { openSSL.remove() }
    let once = try BundleSignature.sign(bundle, with: signingKey)
    #expect(try BundleSignature.sign(once, with: signingKey) == once)
  }

  @Test("the openssl command verifies the signature over the manifest")
  func opensslAgrees() throws {
    defer { openSSL.remove() }
    let signed = try BundleSignature.sign(bundle, with: signingKey)
    let table = try #require(SectionTable(signed))
    let manifest = try #require(table.range(.manifest))
    let signature = try #require(table.range(.signature))
    try openSSL.write(Array(signed[manifest]), to: "manifest")
    try openSSL.write(Array(signed[signature].dropFirst(32)), to: "signature")
    let status = try openSSL.run(
      "pkeyutl", "-verify", "-pubin", "-inkey", "gate.pub", "-rawin", "-in", "manifest", "-sigfile", "signature")
    #expect(status == 0)
  }

  @Test("the signature section begins with the public key's 32 bytes")
  func signatureNamesItsKey() throws {
    defer { openSSL.remove() }
    try openSSL.run("pkey", "-pubin", "-in", "gate.pub", "-outform", "DER", "-out", "gate.der")
    let signed = try BundleSignature.sign(bundle, with: signingKey)
    let range = try #require(SectionTable(signed)?.range(.signature))
    #expect(Array(signed[range].prefix(32)) == Array(try openSSL.read("gate.der").suffix(32)))
  }

  @Test("an unsigned bundle is not accepted")
  func unsignedBundlesAreRefused() {
    defer { openSSL.remove() }
    #expect(fault(bundle) == .unsigned)
  }

  @Test("a bundle that another key signed is not accepted")
  func otherKeysAreRefused() throws {
    defer { openSSL.remove() }
    let other = try SigningKey(pem: openSSL.makeKeys("other").secret)
    #expect(try fault(BundleSignature.sign(bundle, with: other)) == .otherKey)
  }

  @Test("a forged signature under the right key's name is not accepted")
  func forgedSignaturesAreRefused() throws {
    defer { openSSL.remove() }
    var signed = try BundleSignature.sign(bundle, with: signingKey)
    let range = try #require(SectionTable(signed)?.range(.signature))
    signed[range.upperBound - 1] ^= 0x40
    #expect(fault(signed) == .badSignature)
  }

  @Test("a flipped bit in any section is found")
  func flippedBitsAreFound() throws {
    defer { openSSL.remove() }
    let signed = try BundleSignature.sign(bundle, with: signingKey)
    let table = try #require(SectionTable(signed))
    for entry in table.entries where !entry.range.isEmpty && entry.id != .signature {
      var flipped = signed
      flipped[entry.range.lowerBound + entry.range.count / 2] ^= 1
      let expected: SignatureFault =
        entry.id == .manifest ? .manifestMismatch : .sectionMismatch(id: entry.id.rawValue)
      #expect(fault(flipped) == expected)
    }
  }

  @Test("a header with another revision than the manifest's is not accepted")
  func headerRevisionsAreChecked() throws {
    defer { openSSL.remove() }
    var signed = try BundleSignature.sign(bundle, with: signingKey)
    signed[16] = 9
    #expect(fault(signed) == .manifestMismatch)
  }

  @Test("a section under another id than the manifest's is not accepted")
  func renamedSectionsAreFound() throws {
    defer { openSSL.remove() }
    var signed = try BundleSignature.sign(bundle, with: signingKey)
    let index = try #require(SectionTable(signed)?.entries.firstIndex { $0.id == .provenance })
    signed[BundleFormat.headerByteCount + index * BundleFormat.tableEntryByteCount] = 31
    #expect(fault(signed) == .sectionMismatch(id: 31))
  }

  @Test("a bundle whose signature is hidden under another id is unsigned")
  func hiddenSignaturesDoNotCount() throws {
    defer { openSSL.remove() }
    var signed = try BundleSignature.sign(bundle, with: signingKey)
    let index = try #require(SectionTable(signed)?.entries.firstIndex { $0.id == .signature })
    signed[BundleFormat.headerByteCount + index * BundleFormat.tableEntryByteCount] = 40
    #expect(fault(signed) == .unsigned)
  }

  @Test("a lower revision than the accepted one is refused")
  func lowerRevisionsAreRefused() throws {
    defer { openSSL.remove() }
    let signed = try BundleSignature.sign(bundle, with: signingKey)
    #expect(
      fault(signed, after: AcceptedBundle(revision: 8, manifestDigest: []))
        == .revisionTooLow(found: 7, accepted: 8))
  }

  @Test("an equal revision is accepted again only for the same bundle", arguments: [true, false])
  func equalRevisions(isSame: Bool) throws {
    defer { openSSL.remove() }
    let signed = try BundleSignature.sign(bundle, with: signingKey)
    let digest = isSame ? try #require(SectionTable(signed)).manifestDigest : [1, 2, 3]
    let expected: SignatureFault? = isSame ? nil : .revisionReused(7)
    #expect(fault(signed, after: AcceptedBundle(revision: 7, manifestDigest: digest)) == expected)
  }

  @Test("bytes that are no bundle are refused", arguments: [[], [1, 2, 3], [UInt8](repeating: 0, count: 100)])
  func otherFilesAreRefused(bytes: [UInt8]) {
    defer { openSSL.remove() }
    #expect(fault(bytes) == .notABundle)
  }

  @Test("a bundle cut anywhere is refused and never a trap")
  func truncatedFilesAreRefused() throws {
    defer { openSSL.remove() }
    let signed = try BundleSignature.sign(bundle, with: signingKey)
    for count in stride(from: 0, to: signed.count, by: 37) {
      #expect(fault(Array(signed.prefix(count))) != nil)
    }
  }

  @Test("keys of other algorithms and texts that are no keys are refused")
  func badKeysAreRefused() throws {
    defer { openSSL.remove() }
    let other = try openSSL.makeKeys("x", algorithm: "x25519")
    #expect(throws: KeyFault.notEd25519) { try SigningKey(pem: other.secret) }
    #expect(throws: KeyFault.notEd25519) { try VerificationKey(pem: other.open) }
    #expect(throws: KeyFault.unreadable) { try SigningKey(pem: Array("nonsense".utf8)) }
  }

  @Test("an encrypted key is refused and nobody is asked for its passphrase")
  func encryptedKeysAreRefused() throws {
    defer { openSSL.remove() }
    try openSSL.run("pkey", "-in", "gate.key", "-aes128", "-passout", "pass:word", "-out", "locked.key")
    let locked = try openSSL.read("locked.key")
    #expect(throws: KeyFault.unreadable) { try SigningKey(pem: locked) }
  }
}
