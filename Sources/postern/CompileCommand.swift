// `postern compile`: from a policy tree to a bundle. The output is touched only when everything before it has gone well.

internal import ArgumentParser
internal import PosternBundle
internal import PosternCompiler
internal import PosternLanguage

struct CompileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compile",
    abstract: "Compiles a policy tree to a bundle.",
    discussion: """
      The same tree gives the same bytes on every machine. An existing output is replaced whole, by renaming, and stays \
      as it is where anything fails.

      EXAMPLES:
        postern compile policies/ -o policy.ptb
        openssl genpkey -algorithm ed25519 -out key.pem
        postern compile policies/ -o policy.ptb --revision 7 --sign key.pem

      EXIT STATUS: 0 written, 1 not written, 3 not written: the policy has errors.
      """)

  @Argument(help: ArgumentHelp("The folder of the policy tree.", valueName: "folder"))
  var folder: String

  @Option(name: .shortAndLong, help: ArgumentHelp("The bundle to write.", valueName: "out.ptb"))
  var output: String

  @Option(help: ArgumentHelp("The bundle's revision, which loaders let only grow.", valueName: "n"))
  var revision: UInt64 = 0

  @Option(help: ArgumentHelp("Sign with this Ed25519 private key.", valueName: "key.pem"))
  var sign: String?

  @Option(help: ArgumentHelp("Where the time zone files are that conditions ask for.", valueName: "folder"))
  var zoneinfo = ZoneFolder.systemPath

  @Flag(help: "Leave out at which file, line and column rules stand.")
  var stripProvenance = false

  @Flag(help: "Put the files of the tree into the bundle, so that `postern diff` can compare it.")
  var includeSource = false

  @Flag(help: "Say what was written as JSON.")
  var json = false

  func run() throws {
    let key = try sign.map { try KeyFile(path: $0).signingKey() }
    let tree = try CheckedTree(folder: folder, zoneinfo: zoneinfo, provesGuards: true)
    let policy = try tree.compilablePolicy()
    try tree.tell()
    let progress = Progress(appCount: policy.apps.count)
    progress.say("compiling \(policy.apps.count) apps")
    let options = Compiler.Options(
      includesProvenance: !stripProvenance, includesSource: includeSource, zoneinfo: zoneinfo)
    var bundle = Compiler.compile(policy, revision: revision, options: options)
    if let key {
      progress.say("signing")
      bundle = try BundleSignature.sign(bundle, with: key)
    }
    progress.say("writing \(bundle.count) bytes")
    try OutputFile(path: output).replace(with: bundle)
    try StandardOutput.write(json ? summary(policy, bundle).prettyText : text(policy, bundle))
  }

  private func text(_ policy: Policy, _ bundle: [UInt8]) -> String {
    let apps = "\(policy.apps.count) app\(policy.apps.count == 1 ? "" : "s")"
    return "wrote \(output): \(apps), \(bundle.count) bytes, revision \(revision)\(sign == nil ? "" : ", signed")\n"
  }

  private func summary(_ policy: Policy, _ bundle: [UInt8]) -> JSONValue {
    .object([
      "output": .string(output), "apps": .integer(Int64(policy.apps.count)),
      "bytes": .integer(Int64(bundle.count)), "revision": .init(unsigned: revision), "signed": .bool(sign != nil),
    ])
  }
}

/// What a long compilation says on a terminal; nothing where nobody would wait for it.
private struct Progress {
  let isShown: Bool

  private static let leastAppCount = 1_000

  init(appCount: Int) { isShown = appCount >= Self.leastAppCount && StandardError.isTerminal }

  func say(_ step: String) {
    if isShown { StandardError.write("postern: \(step)\n") }
  }
}
