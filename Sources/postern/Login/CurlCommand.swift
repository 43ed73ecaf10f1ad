// `postern curl`: the system's curl, with an access token for the host that it calls. The token goes to curl through a pipe, so that it stands in no
// list of processes, and as curl's own kind of token, which it keeps from other hosts. Refuses what would give it to one.

internal import ArgumentParser

struct CurlCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "curl",
    abstract: "Calls curl with an access token.",
    discussion: """
      All that curl knows can be given, in curl's own words and behind postern's; addresses are https, and of one host. The token is good for that host's app \
      alone. Redirects that --location follows get it on the same host alone. ~/.curlrc is not read, and options that would give the token \
      away are refused: --insecure, --location-trusted, --config, --next, --libcurl. With --verbose curl shows it.

      EXAMPLES:
        postern curl https://payroll.example.com/api/people
        postern curl --silent --json @pay.json https://payroll.example.com/api/pay
        postern curl --issuer https://login.example.com -- -sS https://payroll.example.com/

      EXIT STATUS: curl's own; 1 and 4 too where there is no token, as `postern token` ends.
      """)

  @OptionGroup var options: TokenOptions

  @Argument(
    parsing: .captureForPassthrough,
    help: ArgumentHelp("curl's options, and the address.", valueName: "arguments"))
  var arguments: [String] = []

  func run() throws {
    // Arguments that are taken as they are take the parser's own too.
    if ["-h", "--help"].contains(arguments.first) { throw CleanExit.helpRequest(Self.self) }
    // What stands before it is postern's, and it is not curl's to see.
    let words = Array(arguments.first == "--" ? arguments.dropFirst() : arguments[...])
    let place = try CurlArguments(words, try Self.options()).place()
    guard let app = AppHost(place.host) else {
      throw CommandFailure("\(place.text) gets no token: name its host, and not its address")
    }
    let token = try options.tokens(for: app).token()
    let file = try ChildProcess.inherited(Array(Self.configuration(token, place).utf8))
    // Without `--disable`, ~/.curlrc could send the token elsewhere.
    try ChildProcess.become(["curl", "--disable", "--config", "/dev/fd/\(file)"] + words, inherited: file)
  }

  private static func options() throws -> CurlOptions {
    let answer = try ChildProcess.run(["curl", "--help", "all"], input: [], limit: 1 << 20)
    let options = CurlOptions(help: String(decoding: answer.output, as: UTF8.self))
    guard answer.status == 0, options.has("oauth2-bearer"), options.has("url") else {
      throw CommandFailure("the curl of this machine does not list its options: install curl 7.83 or later")
    }
    return options
  }

  /// What curl reads; a token has no letter that would have to be escaped.
  private static func configuration(_ token: String, _ place: SecureAddress) -> String {
    var lines = ["oauth2-bearer = \"\(token)\""]
    if place.isEncrypted {
      lines.append("proto-redir = \"=https\"")
    } else {
      // No proxy is between this machine and itself, whatever the environment says.
      lines.append("noproxy = \"*\"")
    }
    return lines.map { $0 + "\n" }.joined()
  }
}
