// The programs of all apps, equal ones once (docs/bundle-format.md, "code"). Refuses nothing.

internal import PosternLanguage

/// Collects programs.
struct CodeSection {
  /// A program in the section.
  struct Entry {
    /// Index of its first word.
    var index: UInt32
    var worstWordCount: UInt32
  }

  private(set) var words: [UInt32] = []
  private var entries: [ProgramShape: Entry] = [:]
  /// Programs by their words at base 0, for different shapes may come to the same words.
  private var equals: [[UInt32]: Entry] = [:]
  private let providers: [LoginProvider]
  private let skewSeconds: UInt32

  init(_ policy: Policy) {
    providers = policy.providers
    skewSeconds = policy.organization.clockSkewSeconds
  }

  /// The program of an app.
  mutating func entry(of app: App) -> Entry {
    let shape = ProgramShape(app)
    if let known = entries[shape] { return known }
    let program = ProgramWriter(shape, providers: providers, skewSeconds: skewSeconds).program()
    let entry = self.entry(of: program)
    entries[shape] = entry
    return entry
  }

  /// A program that stands there already, or is appended.
  mutating func entry(of program: Program) -> Entry {
    let key = program.words(at: 0)
    let entry = equals[key] ?? append(program)
    equals[key] = entry
    return entry
  }

  private mutating func append(_ program: Program) -> Entry {
    let entry = Entry(index: UInt32(words.count / 4), worstWordCount: program.worstWordCount)
    words += program.words(at: entry.index)
    return entry
  }
}
