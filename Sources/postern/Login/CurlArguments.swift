// The arguments of a curl, read as that curl reads them, by its own list of options: which of them are addresses, and which options are used.
// Refuses options that it does not list, abbreviations, and whatever would bring a token to another host or into a file.

/// The options that a curl has.
struct CurlOptions {
  /// By long names: whether a value follows.
  private var takesValue: [String: Bool] = [:]
  private var longNames: [Character: String] = [:]

  /// - Parameter help: what `curl --help all` prints.
  init(help: String) {
    for line in help.split(separator: "\n") {
      guard let match = line.prefixMatch(of: /\s*(?:-(\S), |\s*)--([A-Za-z0-9.-]+)(?: ([<\[]))?/) else { continue }
      let name = String(match.output.2)
      takesValue[name] = match.output.3 != nil
      if let letter = match.output.1?.first { longNames[letter] = name }
    }
  }

  func has(_ name: String) -> Bool { takesValue[name] != nil }

  /// Whether a value follows an option; nil where there is no such option.
  fileprivate func takesValue(long name: String) -> Bool? {
    if let takes = takesValue[name] { return takes }
    // `--no-` before an option that is on or off.
    guard name.hasPrefix("no-"), takesValue[String(name.dropFirst(3))] == false else { return nil }
    return false
  }

  fileprivate func longName(_ letter: Character) -> String? { longNames[letter] }
}

/// The arguments of one call.
struct CurlArguments {
  private(set) var addresses: [String] = []
  private(set) var names: Set<String> = []

  init(_ words: [String], _ options: CurlOptions) throws {
    var rest = words[...]
    var endsOptions = false
    while let word = rest.popFirst() {
      if endsOptions || !word.hasPrefix("-") {
        addresses.append(word)
      } else if word == "--" {
        endsOptions = true
      } else if word.hasPrefix("--") {
        try take(String(word.dropFirst(2)), word, options, &rest)
      } else {
        try take(letters: word.dropFirst(), options, &rest)
      }
    }
  }

  private mutating func take(
    _ name: String, _ word: String, _ options: CurlOptions, _ rest: inout ArraySlice<String>
  ) throws {
    guard let takesValue = options.takesValue(long: name) else { throw Self.unknown(word) }
    names.insert(name)
    if !takesValue { return }
    guard let value = rest.popFirst() else { throw CommandFailure("curl's option \(word) is without its value") }
    if name == "url" { addresses.append(value) }
  }

  /// Several options behind one dash; the rest behind one that takes a value is the value.
  private mutating func take(
    letters: Substring, _ options: CurlOptions, _ rest: inout ArraySlice<String>
  ) throws {
    if letters.isEmpty { throw Self.unknown("-") }
    var letters = letters
    while let letter = letters.popFirst() {
      guard let name = options.longName(letter) else { throw Self.unknown("-\(letter)") }
      if options.takesValue(long: name) == true && !letters.isEmpty {
        names.insert(name)
        return
      }
      try take(name, "-\(letter)", options, &rest)
    }
  }

  private static func unknown(_ word: String) -> CommandFailure {
    CommandFailure("the curl of this machine lists no option \(word): write its options as `curl --help all` does")
  }

  // MARK: what would give the token away

  private static let refused: [String: String] = [
    "location-trusted": "it sends the token to every host that an answer names",
    "config": "a file could name other hosts",
    "next": "postern gives one host the token: call it once for each",
    "libcurl": "it writes the token into a file",
    "oauth2-bearer": "postern gives the token itself",
    "insecure": "whoever answers would get the token: name the certificate with --cacert",
  ]

  /// Options by which curl reaches another machine than an address says.
  private static let detours: Set<String> = [
    "proxy", "preproxy", "socks4", "socks4a", "socks5", "socks5-hostname", "connect-to", "resolve", "dns-servers",
    "doh-url",
  ]

  /// The host that all addresses are of.
  func place() throws -> SecureAddress {
    if let name = names.sorted().first(where: { Self.refused[$0] != nil }), let reason = Self.refused[name] {
      throw CommandFailure("--\(name) is not for postern curl: \(reason)")
    }
    let places = try addresses.map { text in
      guard let address = SecureAddress(text) else {
        throw CommandFailure(
          "'\(SecureAddress.shown(text))' gets no token: write https://HOST/, or http:// to this machine, without a user's name and patterns in it"
        )
      }
      return address
    }
    guard let first = places.first else { throw CommandFailure("no address is named: write https://HOST/") }
    guard places.allSatisfy({ $0.origin == first.origin }) else {
      throw CommandFailure("the addresses are of several hosts: call postern curl once for each")
    }
    if !first.isEncrypted, let name = names.sorted().first(where: Self.detours.contains) {
      throw CommandFailure("--\(name) could bring the token away from this machine: write https://")
    }
    return first
  }
}
