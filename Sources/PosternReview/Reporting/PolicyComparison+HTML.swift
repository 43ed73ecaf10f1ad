// A comparison as one page that needs nothing else: the differences with their witnesses, who comes in before and after, and
// limits as bars. Refuses nothing; whatever a policy names is text, never markup.

internal import PosternLanguage

extension PolicyComparison {
  /// The page, in HTML5 with its own style, for light and dark screens.
  public func html(title: String) -> String {
    let body =
      "<h1>\(Self.escapedHTML(title))</h1>\n<p class=\"summary\">\(Self.escapedHTML(summary))</p>\n" + matrix + bars
      + list
    return """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>\(Self.escapedHTML(title))</title>
      <style>\(Self.style)</style>
      </head>
      <body>
      \(body)</body>
      </html>

      """
  }

  // MARK: who comes in

  /// Apps across, whom the differences are about down: the outcome before and after.
  private var matrix: String {
    let access = differences.filter { $0.kind == .access && !$0.before.isEmpty }
    if access.isEmpty { return "" }
    let apps = Set(access.compactMap(\.appName)).sorted()
    var rows: [(who: String, cells: [String: [Difference]])] = []
    for difference in access {
      let index = rows.firstIndex { $0.who == difference.subject } ?? rows.count
      if index == rows.count { rows.append((difference.subject, [:])) }
      rows[index].cells[difference.appName ?? "", default: []].append(difference)
    }
    let head = "<tr><th></th>" + apps.map { "<th>\(Self.escapedHTML($0))</th>" }.joined() + "</tr>\n"
    let lines = rows.map { row in
      "<tr><th>\(Self.escapedHTML(row.who))</th>"
        + apps.map { "<td>" + (row.cells[$0] ?? []).map(Self.cell).joined() + "</td>" }.joined() + "</tr>\n"
    }
    return "<h2>Who comes in</h2>\n<div class=\"wide\"><table class=\"matrix\">\n" + head + lines.joined()
      + "</table></div>\n"
  }

  private static func cell(_ difference: Difference) -> String {
    let condition = difference.condition.map { " <span class=\"condition\">where \(escapedHTML($0))</span>" } ?? ""
    return "<div class=\"\(difference.effect.word)\"><s>\(escapedHTML(difference.before))</s> "
      + "<b>\(escapedHTML(difference.after))</b>\(condition)</div>"
  }

  // MARK: limits

  private var bars: String {
    let limits = differences.filter { $0.seconds.before != nil || $0.seconds.after != nil }
    guard let longest = limits.flatMap({ [$0.seconds.before, $0.seconds.after] }).compactMap({ $0 }).max() else {
      return ""
    }
    let rows = limits.map { difference in
      "<tr><th>\(Self.escapedHTML(difference.appName ?? "")), \(Self.escapedHTML(difference.subject))</th><td>"
        + Self.bar(difference.seconds.before, difference.before, longest, "before")
        + Self.bar(difference.seconds.after, difference.after, longest, difference.effect.word) + "</td></tr>\n"
    }
    return "<h2>Limits</h2>\n<table class=\"bars\">\n" + rows.joined() + "</table>\n"
  }

  /// A limit of `none` fills the width and has no end.
  private static func bar(_ seconds: UInt32?, _ text: String, _ longest: UInt32, _ name: String) -> String {
    let percent = seconds.map { max(1, Int($0) * 80 / Int(max(longest, 1))) } ?? 90
    return
      "<div class=\"bar\"><span class=\"\(name)\(seconds == nil ? " endless" : "")\" style=\"width:\(percent)%\"></span>"
      + "<em>\(escapedHTML(text))</em></div>"
  }

  // MARK: all of them

  private var list: String {
    if isSame { return "" }
    let items = differences.map { difference in
      var lines = [
        "<li class=\"\(difference.effect.word)\"><p><span class=\"effect\">\(difference.effect.word)</span> "
      ]
      lines.append("<b>\(Self.escapedHTML(difference.appName ?? "organization"))</b> ")
      lines.append("\(difference.kind.rawValue): \(Self.escapedHTML(difference.sentence))</p>")
      if let condition = difference.condition { lines.append("<p>where \(Self.escapedHTML(condition))</p>") }
      if let place = difference.place { lines.append("<p class=\"place\">\(Self.escapedHTML(place.text))</p>") }
      return lines.joined() + Self.proof(difference) + "</li>\n"
    }
    return "<h2>Differences</h2>\n<ol>\n" + items.joined() + "</ol>\n"
  }

  private static func proof(_ difference: Difference) -> String {
    guard let facts = difference.proof.facts else {
      return "<p class=\"proof\">\(escapedHTML(difference.proofSentence))</p>"
    }
    return
      "<details><summary>\(escapedHTML(difference.proofSentence))</summary><pre>\(escapedHTML(facts.prettyText))</pre></details>"
  }

  static func escapedHTML(_ text: String) -> String {
    text.map { character in
      switch character {
      case "&": "&amp;"
      case "<": "&lt;"
      case ">": "&gt;"
      case "\"": "&quot;"
      default: String(character)
      }
    }.joined()
  }

  private static let style = """
    :root{color-scheme:light dark;--text:#1c2024;--soft:#60646c;--line:#d9d9e0;--back:#fff;--panel:#f6f6f9;
    --widens:#c62a2f;--loosens:#ad5700;--changes:#60646c;--tightens:#18794e;--narrows:#0b68cb;--before:#b9bbc6}
    @media(prefers-color-scheme:dark){:root{--text:#edeef0;--soft:#b0b4ba;--line:#363a3f;--back:#111113;--panel:#1b1c1f;
    --widens:#ff9592;--loosens:#ffb454;--changes:#b0b4ba;--tightens:#3dd68c;--narrows:#70b8ff;--before:#5a6169}}
    body{font:15px/1.5 system-ui,sans-serif;color:var(--text);background:var(--back);max-width:70rem;margin:2rem auto;padding:0 1rem}
    h1{font-size:1.5rem;margin:0}h2{font-size:1.1rem;margin:2rem 0 .5rem}.summary{color:var(--soft);margin:.25rem 0 0}
    table{border-collapse:collapse;width:100%}th{text-align:left;font-weight:600}.wide{overflow-x:auto}
    .matrix th,.matrix td{border:1px solid var(--line);padding:.4rem .6rem;vertical-align:top}
    s{color:var(--soft)}.condition,.place,.proof{color:var(--soft);font-size:.85rem}
    .matrix .widens b{color:var(--widens)}.matrix .narrows b{color:var(--narrows)}
    .bars th{width:16rem;padding:.3rem .6rem .3rem 0;font-weight:400;vertical-align:top}
    .bar{display:flex;align-items:center;gap:.5rem;height:1.2rem}.bar span{display:block;height:.7rem;border-radius:2px}
    .bar em{font-style:normal;font-size:.85rem}.endless{-webkit-mask:linear-gradient(90deg,#000 70%,transparent);mask:linear-gradient(90deg,#000 70%,transparent)}
    .bar .before{background:var(--before)}.bar .loosens{background:var(--loosens)}.bar .tightens{background:var(--tightens)}
    .bar .changes{background:var(--changes)}
    ol{list-style:none;padding:0;margin:0}li{background:var(--panel);border-left:4px solid var(--changes);border-radius:4px;padding:.6rem .9rem;margin:.5rem 0}
    li p{margin:.1rem 0}li.widens{border-color:var(--widens)}li.loosens{border-color:var(--loosens)}
    li.tightens{border-color:var(--tightens)}li.narrows{border-color:var(--narrows)}
    .effect{font-size:.8rem;font-weight:600;text-transform:uppercase;letter-spacing:.03em}
    .widens .effect{color:var(--widens)}.loosens .effect{color:var(--loosens)}.tightens .effect{color:var(--tightens)}.narrows .effect{color:var(--narrows)}
    details summary{cursor:pointer;font-size:.9rem;overflow-wrap:anywhere}
    pre{overflow-x:auto;font-size:.8rem;background:var(--back);border:1px solid var(--line);border-radius:4px;padding:.6rem}
    """
}
