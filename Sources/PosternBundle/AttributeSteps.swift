// The path of an attribute, taken apart (docs/bundle-format.md, "attributes"). Refuses nothing: the compiler wrote it.

/// Splits the paths of attributes.
package enum AttributeSteps {
  /// The names in `a.b["c.\"d"]`: `a`, `b`, `c."d`.
  package static func split(_ path: [UInt8]) -> [[UInt8]] {
    var steps: [[UInt8]] = [[]]
    var index = path.startIndex
    var isQuoted = false
    while index < path.endIndex {
      let byte = path[index]
      if isQuoted && byte == UInt8(ascii: "\\") && index + 1 < path.endIndex {
        index += 1
        steps[steps.count - 1].append(path[index])
      } else if isQuoted && byte == UInt8(ascii: "\"") {
        // Past the closing bracket too.
        isQuoted = false
        index += 1
      } else if !isQuoted && byte == UInt8(ascii: "[") {
        isQuoted = true
        steps.append([])
        index += 1
      } else if !isQuoted && byte == UInt8(ascii: ".") {
        steps.append([])
      } else {
        steps[steps.count - 1].append(byte)
      }
      index += 1
    }
    return steps
  }
}
