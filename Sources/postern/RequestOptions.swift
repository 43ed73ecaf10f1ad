// What is asked and who asks, as flags: short forms of a request file's keys, so that both ways are read by one reader and mean
// the same. Refuses a mixture of the two.

internal import ArgumentParser
internal import PosternLanguage

/// The flags of `eval` and `explain`.
struct RequestOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A request file, JSON or YAML (schema/request.schema.json); - is standard input.",
      valueName: "file"))
  var request: String?

  @Option(help: ArgumentHelp("The whole URL that is asked for, as curl takes it.", valueName: "url"))
  var url: String?

  @Option(name: [.customShort("X"), .long], help: "The method; GET unless set.")
  var method: String?

  @Option(
    name: [.customShort("H"), .long],
    help: ArgumentHelp(
      "A header that steers a decision, 'Accept: text/html'; may be repeated.", valueName: "name: value"))
  var header: [String] = []

  @Option(
    name: .customLong("as"),
    help: ArgumentHelp(
      "Who asks, just logged in: user:ann@example.com, serviceAccount:..., principal://...; nobody unless set.",
      valueName: "member"))
  var principal: String?

  @Option(help: ArgumentHelp("The login provider that vouches, by its name in the policy.", valueName: "name"))
  var provider: String?

  @Option(help: ArgumentHelp("The groups that the credential carries, with commas between.", valueName: "a,b"))
  var groups: String?

  @Flag(help: "The credential does not carry all groups.")
  var groupsIncomplete = false

  @Option(help: ArgumentHelp("The domain that the account belongs to.", valueName: "domain"))
  var hostedDomain: String?

  @Option(help: ArgumentHelp("The Identity Platform tenant.", valueName: "id"))
  var tenant: String?

  @Flag(help: "The credential is a bearer token, not a session.")
  var bearer = false

  @Option(help: ArgumentHelp("Whom the bearer is for.", valueName: "client"))
  var audience: String?

  @Option(help: ArgumentHelp("Who obtained the bearer.", valueName: "client"))
  var authorizedParty: String?

  @Option(
    help: ArgumentHelp("The instant of the decision, 2026-03-02T10:00:00Z; now unless set.", valueName: "RFC 3339"))
  var at: String?

  @Option(help: ArgumentHelp("How long ago the login was, 3h; none: unknown.", valueName: "duration"))
  var sessionAge: String?

  @Option(help: ArgumentHelp("How long ago the session was last active.", valueName: "duration"))
  var idle: String?

  @Option(help: ArgumentHelp("How long ago the account's state was asked for.", valueName: "duration"))
  var stateAge: String?

  @Option(help: ArgumentHelp("How long ago the token was issued.", valueName: "duration"))
  var tokenAge: String?

  @Option(help: ArgumentHelp("In how long the token expires.", valueName: "duration"))
  var expiresIn: String?

  @Option(
    help: ArgumentHelp(
      "How long ago an authentication of a strength was: login=, enrolledSecondFactors= or secureKey=5m; repeatable.",
      valueName: "method=duration"))
  var authAge: [String] = []

  @Option(
    help: ArgumentHelp("What the provider says of the account: active, signedOut, suspended, ...", valueName: "state"))
  var accountState: String?

  @Flag(help: "The provider cannot be asked for the account's state.")
  var stateSourceDown = false

  @Flag(help: "The session store cannot be asked.")
  var storeDown = false

  /// Whether no flag says anything of the request.
  var isEmpty: Bool { request == nil && url == nil }

  func validate() throws {
    let document = try RequestDocument(self)
    if request != nil && !(document.isEmpty && at == nil) {
      throw ValidationError("--request says it all: no other flag about the request may stand beside it")
    }
    if isEmpty && !(document.isEmpty && at == nil) {
      throw ValidationError("say what is asked for: --url URL, or --request FILE")
    }
    if principal == nil && document.hasCredential {
      throw ValidationError("say who asks: --as MEMBER; the other flags about the credential mean nothing without it")
    }
    if principal != nil && provider == nil {
      throw ValidationError("say who vouches for \(principal ?? "that"): --provider NAME, as the policy calls it")
    }
  }
}
