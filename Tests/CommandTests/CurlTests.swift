// `postern curl`: the token reaches the app through the installed curl, and nobody else.

import Synchronization
import Testing

@Suite("curl")
struct CurlTests {
  let world: LoginWorld

  init() throws { world = try LoginWorld() }

  private var server: StandInServer { world.server }
  private var app: String { "\(server.issuer)/app" }

  @Test("the app gets a token that was asked for it alone, and curl's output is the command's")
  func calls() throws {
    try world.logIn()
    #expect(
      try world.run("curl", "-sS", app) == Outcome(status: 0, output: "the app saw Bearer access-2\n", errors: ""))
    #expect(world.refreshes.map { $0.fields["resource"] } == ["https://127.0.0.1/"])
  }

  @Test("no list of processes shows the token while curl runs")
  func hidden() throws {
    try world.logIn()
    _ = try world.run("curl", "-sS", app)
    let (callers, exposed) = server.state.withLock { ($0.callers, $0.exposed) }
    #expect(callers.count == 1 && callers[0].hasPrefix("curl\0--disable\0--config\0/dev/fd/"))
    #expect(exposed == [])
  }

  @Test("a redirect is followed on the same host with the token, and to another host without it")
  func redirects() throws {
    let other = try StandInServer()
    try world.logIn()
    for (target, seen) in [
      (app, "Bearer access-2"), ("http://127.0.0.1:\(other.port)/app", "no token"),
      ("http://localhost:\(other.port)/app", "no token"),
    ] {
      server.change { $0.replies["/away"] = [.init(status: 302, location: target)] }
      #expect(try world.run("curl", "-sSL", "\(server.issuer)/away").output == "the app saw \(seen)\n")
    }
    #expect(other.requests("/app").map(\.authorization) == [nil, nil])
  }

  @Test("curl's exit status is the command's")
  func status() throws {
    try world.logIn()
    #expect(try world.run("curl", "-sf", "\(server.issuer)/nothing").status == 22)
    #expect(try world.run("curl", "-s", "http://127.0.0.1:1/").status == 7)
  }

  @Test("curl reads standard input, and its options are its own")
  func options() throws {
    try world.logIn()
    let outcome = try world.run("curl", "-sS", "-d", "@-", "-XPOST", "-w%{http_code}", "--", app, input: "amount=5")
    #expect(outcome.output == "the app saw Bearer access-2\n200")
    #expect(server.requests("/app").map(\.fields) == [["amount": "5"]])
  }

  @Test("postern's own options stand before curl's")
  func ownOptions() throws {
    try world.logIn()
    let outcome = try world.run("curl", "--client", "third", "-s", app)
    #expect(outcome.status == 4)
    #expect(outcome.errors.hasPrefix("error: nobody is logged in as the client third: "))
  }

  @Test("the user's curlrc cannot turn the token elsewhere")
  func curlrc() throws {
    try world.logIn()
    try world.scratch.write("location-trusted\nproxy = \"http://127.0.0.1:1\"\n", to: "home/.curlrc")
    #expect(try world.run("curl", "-sS", app).output == "the app saw Bearer access-2\n")
  }

  @Test("a proxy of the environment does not get what is for this machine")
  func proxy() throws {
    try world.logIn()
    var command = world.command(["curl", "-sS", app])
    command.environment["http_proxy"] = "http://127.0.0.1:1"
    #expect(try command.run().output == "the app saw Bearer access-2\n")
  }

  @Test(
    "addresses that others could read, or that curl may read differently, get no token",
    arguments: [
      "http://payroll.example.com/", "payroll.example.com", "ftp://payroll.example.com/", "file:///etc/passwd",
      "https://{a,b}.example.com/", "https://[a-c].example.com/",
      "https://payroll.example.com\\evil.example.com/", "https://",
      "http://127.0.0.1.evil.example.com/", "http://127.1/", "https://payroll.example.com/\u{A0}", "",
    ])
  func addresses(_ address: String) throws {
    for arguments in [[address], ["--url", address], ["-s", "--", address]] {
      let outcome = try world.command(["curl"] + arguments).run()
      #expect(outcome.status == 1)
      #expect(outcome.errors.hasPrefix("error: '\(address)' gets no token: "))
    }
  }

  @Test(
    "addresses with a name or a password in them get no token, and the password is not shown",
    arguments: [
      "https://ann:secret@payroll.example.com/", "https://secret@evil.example.com/", "ann:secret@payroll.example.com",
      "https://secret.example.com\\@evil.example.com/",
    ])
  func passwords(_ address: String) throws {
    let outcome = try world.run("curl", address)
    #expect(outcome.status == 1)
    #expect(
      outcome.errors.hasPrefix("error: '(a name and a password)@") && outcome.errors.contains("' gets no token: "))
    #expect(!outcome.errors.contains("secret"))
  }

  @Test(
    "options that would give the token away, or that this curl does not list, are refused",
    arguments: [
      (["--location-trusted"], "--location-trusted is not for"), (["-K", "file"], "--config is not for"),
      (["-Kfile"], "--config is not for"), (["-sK", "file"], "--config is not for"),
      (["--libcurl", "a.c"], "--libcurl is not for"), (["-k"], "--insecure is not for"),
      (["-sSk"], "--insecure is not for"), (["--oauth2-bearer", "x"], "--oauth2-bearer is not for"),
      (["--next"], "--next is not for"), (["-:"], "--next is not for"),
      (["--location-t"], "lists no option --location-t"),
      (["--frob"], "lists no option --frob"), (["--expand-url", "x"], "lists no option --expand-url"),
      (["-"], "lists no option -"), (["https://b.example.com/"], "are of several hosts"),
      (["https://a.example.com:8443/"], "are of several hosts"),
      (["--url", "https://b.example.com/"], "are of several hosts"),
    ] as [([String], String)])
  func refusedOptions(_ arguments: [String], _ words: String) throws {
    for all in [arguments + ["https://a.example.com/"], ["https://a.example.com/"] + arguments] {
      let outcome = try world.command(["curl"] + all).run()
      #expect(outcome.status == 1)
      #expect(outcome.errors.contains(words))
    }
  }

  @Test("what is an option's value is no address")
  func values() throws {
    let outcome = try world.run(
      "curl", "-e", "http://evil.example.com/", "-odev", "-so", "http://b/", "--data", "x",
      "https://a.example.com/{b,c}/[1-3]#x")
    #expect(outcome.errors.hasPrefix("error: nobody is logged in"))
  }

  @Test(
    "what is for this machine takes no detour",
    arguments: [["-x", "http://a"], ["--resolve", "a"], ["--connect-to", "a"], ["--socks5", "a"]])
  func detours(_ arguments: [String]) throws {
    let outcome = try world.command(["curl"] + arguments + ["http://localhost:8080/"]).run()
    #expect(outcome.errors.hasSuffix("could bring the token away from this machine: write https://\n"))
  }

  @Test("without an address there is nothing to call", arguments: [[], ["-s"], ["--data"]])
  func noAddress(_ arguments: [String]) throws {
    let outcome = try world.command(["curl"] + arguments).run()
    #expect(outcome.status == 1 && outcome.errors.hasPrefix("error: "))
  }
}
