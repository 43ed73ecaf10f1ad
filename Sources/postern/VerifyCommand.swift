// `postern verify`: who signed a bundle, whether it is whole, and whether the kernel would open it.

internal import ArgumentParser
internal import PosternBundle
internal import PosternCompiler
internal import PosternKernel
internal import PosternLanguage

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Checks a bundle's signature, digests, revision and structure.",
    discussion: """
      The openssl command agrees on the signature:

      EXAMPLES:
        openssl pkey -in key.pem -pubout -out public.pem
        postern verify policy.ptb --key public.pem --minimum-revision 7
        postern verify policy.ptb --key public.pem --manifest-out m --signature-out s
        openssl pkeyutl -verify -pubin -inkey public.pem -rawin -in m -sigfile s

      EXIT STATUS: 0 accepted, 1 not.
      """)

  @Argument(help: ArgumentHelp("The bundle.", valueName: "bundle"))
  var bundle: String

  @Option(help: ArgumentHelp("The Ed25519 public key.", valueName: "public.pem"))
  var key: String

  @Option(help: ArgumentHelp("Refuse a lower revision.", valueName: "n"))
  var minimumRevision: UInt64 = 0

  @Option(help: ArgumentHelp("Write the manifest, what is signed, here.", valueName: "file"))
  var manifestOut: String?

  @Option(help: ArgumentHelp("Write the signature's 64 bytes here.", valueName: "file"))
  var signatureOut: String?

  @Flag(help: "Say what was found as JSON.")
  var json = false

  func run() throws {
    let key = try KeyFile(path: key).verificationKey()
    let bytes = try InputFile(path: bundle).bytes(limit: InputFile.bundleByteLimit)
    let accepted = try verified(bytes, with: key)
    try writeParts(of: bytes)
    let digest = Wording.hexadecimal(accepted.manifestDigest)
    let answer = JSONValue.object([
      "bundle": .string(bundle), "revision": .init(unsigned: accepted.revision), "manifestDigest": .string(digest),
    ])
    let text = "\(bundle) is whole and signed with this key: revision \(accepted.revision), manifest \(digest)\n"
    try StandardOutput.write(json ? answer.prettyText : text)
  }

  private func verified(_ bytes: [UInt8], with key: VerificationKey) throws -> AcceptedBundle {
    do {
      let accepted = try BundleSignature.verify(bytes, with: key)
      _ = try OpenBundle(bytes)
      if accepted.revision < minimumRevision {
        throw refusal("its revision is \(accepted.revision), lower than \(minimumRevision)")
      }
      return accepted
    } catch let fault as SignatureFault {
      throw refusal(fault.sentence)
    } catch let fault as BundleFault {
      throw refusal("it breaks rule \(fault.rule) of docs/bundle-format.md")
    }
  }

  private func refusal(_ sentence: String) -> CommandFailure {
    CommandFailure("\(bundle) is not accepted: \(sentence)")
  }

  private func writeParts(of bytes: [UInt8]) throws {
    let parts = try BundleSignature.signedParts(of: bytes)
    if let manifestOut { try OutputFile(path: manifestOut).replace(with: parts.manifest) }
    if let signatureOut { try OutputFile(path: signatureOut).replace(with: parts.signature) }
  }
}
