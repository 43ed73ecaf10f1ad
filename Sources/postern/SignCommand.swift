// `postern sign`: puts a signature into a bundle.

internal import ArgumentParser
internal import PosternBundle
internal import PosternCompiler
internal import PosternLanguage

struct SignCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sign",
    abstract: "Signs a bundle, in place of any signature that it carries.",
    discussion: """
      EXAMPLES:
        openssl genpkey -algorithm ed25519 -out key.pem
        postern sign policy.ptb --key key.pem
      """)

  @Argument(help: ArgumentHelp("The bundle; it is replaced whole.", valueName: "bundle"))
  var bundle: String

  @Option(help: ArgumentHelp("The Ed25519 private key.", valueName: "key.pem"))
  var key: String

  @Flag(help: "Say what was done as JSON.")
  var json = false

  func run() throws {
    let key = try KeyFile(path: key).signingKey()
    let bytes = try InputFile(path: bundle).bytes(limit: InputFile.bundleByteLimit)
    let signed: [UInt8]
    do {
      signed = try BundleSignature.sign(bytes, with: key)
    } catch {
      throw CommandFailure("cannot sign \(bundle): \(error.sentence)")
    }
    try OutputFile(path: bundle).replace(with: signed)
    let publicKey = Wording.hexadecimal(key.publicKey)
    let answer = JSONValue.object(["bundle": .string(bundle), "publicKey": .string(publicKey)])
    try StandardOutput.write(json ? answer.prettyText : "signed \(bundle) with the key \(publicKey)\n")
  }
}

extension SignatureFault {
  /// What is wrong, as it stands after the bundle's name.
  var sentence: String {
    switch self {
    case .notABundle: "it is no bundle"
    case .manifestMismatch: "its manifest is not the one that its header states"
    case .unsigned: "it carries no signature"
    case .otherKey: "it was signed with another key"
    case .badSignature: "its signature does not belong to its manifest"
    case .sectionMismatch(let id): "its section \(id) is not what the manifest says"
    case .revisionTooLow(let found, let accepted): "its revision is \(found), and \(accepted) was accepted before"
    case .revisionReused(let revision): "another bundle of revision \(revision) was accepted before"
    }
  }
}
