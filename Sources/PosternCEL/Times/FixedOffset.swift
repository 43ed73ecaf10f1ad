// Offsets from Greenwich that stand for a time zone and need no table: `UTC`, `+05:30`, `-8:00`, `02:00`. Refuses names
// of zones, hours of more than two digits or past 23, and minutes past 59.

/// The offsets that a text can name without a table of time zones.
public enum FixedOffset {
  /// Seconds east of Greenwich; nil where the text is no offset but perhaps the name of a zone.
  public static func seconds(_ text: String) -> Int32? {
    if text.utf8.elementsEqual("UTC".utf8) { return 0 }
    var scanner = ByteScanner(text)
    let isWest = scanner.skip("-")
    if !isWest { _ = scanner.skip("+") }
    guard
      let hours = scanner.number(digits: 1...2, in: 0...23), scanner.skip(":"),
      let minutes = scanner.number(digits: 2...2, in: 0...59), scanner.isAtEnd
    else { return nil }
    let seconds = Int32(hours * 3600 + minutes * 60)
    return isWest ? -seconds : seconds
  }
}
