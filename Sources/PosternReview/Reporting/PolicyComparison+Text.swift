// A comparison for the terminal: the most severe first, each difference with its place and the request that proves it. Refuses
// nothing; control characters of names are shown, not sent.

internal import PosternCompiler
internal import PosternLanguage

extension Difference.Effect {
  /// The effect in a word.
  public var word: String { "\(self)" }

  /// The colour on a terminal (ECMA-48): red, yellow, none, green, cyan.
  fileprivate var colour: String { ["31", "33", "0", "32", "36"][rawValue] }
}

extension Difference {
  /// The difference on one line: what it is about, and from what to what.
  public var sentence: String {
    switch (before.isEmpty, after.isEmpty) {
    case (true, true): subject
    case (true, false): "\(subject): + \(after)"
    case (false, true): "\(subject): - \(before)"
    case (false, false): "\(subject): \(before) -> \(after)"
    }
  }

  /// What proves it, on one line.
  public var proofSentence: String {
    switch proof {
    case .witness(let witness): witness.sentence
    case .refresh(let witness): witness.sentence
    case .value: "compared by value"
    case .missing(let why): "not proven: \(why)"
    }
  }
}

extension Difference.Proof {
  /// The witness as a request file; nil where there is none.
  var facts: JSONValue? {
    switch self {
    case .witness(let witness): witness.facts.json
    case .refresh(let witness): witness.json
    case .value, .missing: nil
    }
  }
}

extension Witness {
  /// The request and both answers, on one line.
  public var sentence: String { "\(facts.sentence): \(before.answer) -> \(after.answer)" }
}

extension RequestFacts {
  /// Who asks for what, and when, on one line.
  var sentence: String {
    func text(_ bytes: [UInt8]?) -> String { bytes.map { String(decoding: $0, as: UTF8.self) } ?? "" }
    let url = "\(text(request.method)) \(text(request.scheme))://\(text(request.host))\(text(request.path))"
    return "\(url) \(credential.who) at \(Wording.instant(milliseconds: nowMilliseconds))"
  }
}

extension Credential {
  /// Who it is, in a few words.
  fileprivate var who: String {
    if kind == .none { return "by nobody" }
    func text(_ bytes: [UInt8]?) -> String? { bytes.map { String(decoding: $0, as: UTF8.self) } }
    let name = text(email) ?? text(subject) ?? "somebody"
    let groups = groups.isEmpty ? "" : " in " + groups.compactMap { text($0) }.joined(separator: ", ")
    return "by \(name) of \(text(provider) ?? "no provider")\(groups)\(kind == .bearer ? " with a token" : "")"
  }
}

extension Decision {
  /// Verdict and reason, and of an `allow` until when.
  fileprivate var answer: String {
    if verdict != .allow { return "\(verdict), \(reason)" }
    let end = validUntil == .max ? "unbounded" : "until \(Wording.instant(milliseconds: validUntil))"
    return "allow, \(reason), \(end)"
  }
}

extension PolicyComparison {
  /// How many differences there are of each kind, in a sentence.
  public var summary: String {
    if isSame { return "nothing changes: proved for everyone and every request" }
    let counts = Difference.Effect.allCases.compactMap { effect -> String? in
      let count = differences.count { $0.effect == effect }
      return count == 0 ? nil : "\(count) \(effect.word)"
    }
    let unproven = differences.count(where: \.isUnproven)
    let apps = Set(differences.compactMap(\.appName)).count
    return "\(differences.count) \(differences.count == 1 ? "difference" : "differences") in \(apps) "
      + "\(apps == 1 ? "app" : "apps"): " + counts.joined(separator: ", ")
      + (unproven == 0 ? "" : "; \(unproven) not proven")
  }

  /// The report for a terminal.
  public func text(isColored: Bool) -> String {
    var lines: [String] = []
    for difference in differences {
      let effect = difference.effect
      let word = isColored ? "\u{1B}[\(effect.colour)m\(effect.word)\u{1B}[0m" : effect.word
      let app = difference.appName ?? "organization"
      lines.append("\(word)  " + Wording.printable("\(app), \(difference.kind.rawValue): \(difference.sentence)"))
      if let condition = difference.condition { lines.append(Wording.printable("    where \(condition)")) }
      if let place = difference.place { lines.append(Wording.printable("    \(place.text)")) }
      lines.append(Wording.printable("    \(difference.proofSentence)"))
    }
    return lines.map { $0 + "\n" }.joined() + summary + "\n"
  }
}

extension Difference.Place {
  /// `file:line:column`, and of which tree where it is the old one.
  public var text: String { "\(file):\(line):\(column)" + (isOld ? " (old)" : "") }
}
