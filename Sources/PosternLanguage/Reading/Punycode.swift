// The ASCII spelling of a label that is not ASCII: Punycode, RFC 3492. Only what a help text needs, encoding; a policy
// that holds such a label is refused, so nothing here decides who gets in.

/// Punycode with the parameters of RFC 3492, section 5.
enum Punycode {
  private static let base = 36
  private static let minimumThreshold = 1
  private static let maximumThreshold = 26
  private static let skew = 38
  private static let damp = 700
  private static let initialBias = 72
  private static let initialCodePoint: UInt32 = 0x80

  /// A host with each label that is not ASCII replaced by its A-label; letters become lower case.
  static func aLabels(of host: String) -> String {
    host.split(separator: ".", omittingEmptySubsequences: false).map { aLabel(of: String($0)) }.joined(separator: ".")
  }

  /// `bücher` as `xn--bcher-kva`; a label that is ASCII as it is.
  static func aLabel(of label: String) -> String {
    let lowered = label.lowercased()
    return lowered.utf8.allSatisfy { $0 < 0x80 } ? lowered : "xn--" + encode(lowered)
  }

  /// RFC 3492, section 6.3.
  static func encode(_ label: String) -> String {
    let input = label.unicodeScalars.map(\.value)
    var output = input.filter { $0 < initialCodePoint }.map { UInt8(truncatingIfNeeded: $0) }
    let basicCount = output.count
    var handledCount = basicCount
    if basicCount > 0 { output.append(UInt8(ascii: "-")) }
    var codePoint = initialCodePoint
    var delta = 0
    var bias = initialBias
    while handledCount < input.count {
      let next = input.filter { $0 >= codePoint }.min() ?? codePoint
      delta += Int(next - codePoint) * (handledCount + 1)
      codePoint = next
      for value in input {
        if value < codePoint { delta += 1 }
        guard value == codePoint else { continue }
        append(delta, bias: bias, to: &output)
        bias = adapt(delta, count: handledCount + 1, isFirst: handledCount == basicCount)
        delta = 0
        handledCount += 1
      }
      delta += 1
      codePoint += 1
    }
    return String(decoding: output, as: UTF8.self)
  }

  /// One number as digits of variable base, least first.
  private static func append(_ delta: Int, bias: Int, to output: inout [UInt8]) {
    var rest = delta
    var position = base
    while true {
      let threshold = min(max(position - bias, minimumThreshold), maximumThreshold)
      guard rest >= threshold else { break }
      output.append(digit(threshold + (rest - threshold) % (base - threshold)))
      rest = (rest - threshold) / (base - threshold)
      position += base
    }
    output.append(digit(rest))
  }

  private static func digit(_ value: Int) -> UInt8 {
    UInt8(truncatingIfNeeded: value < 26 ? value + 0x61 : value - 26 + 0x30)
  }

  /// RFC 3492, section 6.1.
  private static func adapt(_ delta: Int, count: Int, isFirst: Bool) -> Int {
    var rest = isFirst ? delta / damp : delta / 2
    rest += rest / count
    var position = 0
    while rest > (base - minimumThreshold) * maximumThreshold / 2 {
      rest /= base - minimumThreshold
      position += base
    }
    return position + (base - minimumThreshold + 1) * rest / (rest + skew)
  }
}
