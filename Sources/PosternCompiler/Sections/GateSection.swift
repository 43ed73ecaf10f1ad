// What the gate does beside deciding (docs/bundle-format.md, "gate"): pages of others' that it sends people to, and whose sessions end with
// ours. No decision reads it, so a policy that says nothing of it has no such section. Refuses nothing.

internal import PosternBundle
internal import PosternLanguage

/// Writes the gate's section.
enum GateSection {
  /// The section's words; none where the policy says nothing that would stand in it.
  static func words(_ policy: Policy, strings: inout ConsPool<UInt8>) -> [UInt32] {
    var endingProviders: UInt64 = 0
    for (index, provider) in policy.providers.enumerated() where provider.endsSession { endingProviders |= 1 << index }
    let runs = runs(policy.apps)
    if endingProviders == 0 && runs.isEmpty { return [] }
    var words = [
      UInt32(truncatingIfNeeded: endingProviders), UInt32(truncatingIfNeeded: endingProviders >> 32),
      UInt32(runs.count), 0,
    ]
    for run in runs {
      words.append(UInt32(run.apps.lowerBound))
      words.append(UInt32(run.apps.count))
      words.append(strings.cons(run.pages.denied.utf8))
      words.append(strings.cons(run.pages.login.utf8))
    }
    return words
  }

  private struct Pages: Equatable {
    let denied: String
    let login: String

    init(_ app: App) {
      denied = app.application.accessDeniedPageURI?.value ?? ""
      login = app.access.loginPageURI?.value ?? ""
    }

    var isNone: Bool { denied.isEmpty && login.isEmpty }
  }

  /// Neighbours with the same pages, as they mostly have them from above, are one run.
  private static func runs(_ apps: [App]) -> [(apps: Range<Int>, pages: Pages)] {
    var runs: [(apps: Range<Int>, pages: Pages)] = []
    for (index, app) in apps.enumerated() {
      let pages = Pages(app)
      if pages.isNone { continue }
      if let last = runs.last, last.apps.upperBound == index, last.pages == pages {
        runs[runs.count - 1].apps = last.apps.lowerBound..<index + 1
      } else {
        runs.append((index..<index + 1, pages))
      }
    }
    return runs
  }
}
