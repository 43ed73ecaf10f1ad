// Facts as an explanation shows them: durations of any length, ages, texts of any bytes. Refuses to print a text that would fill the
// screen: its beginning stands for it.

internal import PosternCompiler
internal import PosternLanguage

/// Values in words.
enum Shown {
  /// `12m`, `1h30m`, `450ms`; of whole seconds, however many.
  static func duration(milliseconds: Int128) -> String {
    let magnitude = milliseconds.magnitude
    let rest = UInt32(magnitude % 1_000)
    guard let seconds = UInt32(exactly: magnitude / 1_000) else { return "more than 136 years" }
    if seconds == 0 { return rest == 0 ? "0s" : "\(rest)ms" }
    return Wording.duration(seconds: seconds) + (rest == 0 ? "" : "\(rest)ms")
  }

  /// `12m`, `unknown` of an absent fact, `5m ahead of the clock`.
  static func age(of fact: Int64, at now: Int64) -> String {
    if fact == 0 { return "unknown" }
    let age = Int128(now) - Int128(fact)
    return age < 0 ? duration(milliseconds: age) + " ahead of the clock" : duration(milliseconds: age)
  }

  /// An instant, with how far it is.
  static func instant(_ instant: Int64, from now: Int64) -> String {
    let distance = Int128(instant) - Int128(now)
    let words = distance == 0 ? "now" : duration(milliseconds: distance)
    return Wording.instant(milliseconds: instant)
      + (distance == 0 ? ", now" : distance > 0 ? ", in \(words)" : ", \(words) ago")
  }

  /// Characters of a text that are shown.
  static let textLimit = 100

  static func text(_ bytes: [UInt8]?) -> String {
    guard let bytes else { return "none" }
    return clipped(String(decoding: bytes.prefix(textLimit * 4), as: UTF8.self), of: bytes.count)
  }

  /// As much of a text as there is room for.
  static func clipped(_ text: String, to limit: Int = textLimit, of byteCount: Int? = nil) -> String {
    if text.count <= limit { return text }
    return "\(text.prefix(limit))... (\(byteCount ?? text.utf8.count) bytes)"
  }

  /// `1 person`, `3 people`.
  static func count(_ count: Int, _ one: String, _ many: String) -> String { "\(count) \(count == 1 ? one : many)" }
}

extension Int64 {
  /// The sum, at its limits where it would be beyond them.
  func saturatingAdding(_ other: Int64) -> Int64 { Int64(clamping: Int128(self) + Int128(other)) }
}

extension RequestFacts {
  /// The same asked at another time, with every fact as long ago as it was; nil where that is beyond what a time can be.
  func moved(to now: Int64) -> RequestFacts? {
    var moved = self
    moved.nowMilliseconds = now
    for (_, path) in Credential.timeFacts where credential[keyPath: path] != 0 {
      let instant = Int128(credential[keyPath: path]) + Int128(now) - Int128(nowMilliseconds)
      // 0 would be an absent fact.
      guard let instant = Int64(exactly: instant), instant != 0 else { return nil }
      moved.credential[keyPath: path] = instant
    }
    return moved
  }
}
