// The words of every mistake that the lexer and the parser find, in one place, so that they sound alike.
// Refuses nothing.

extension CELIssue {
  static func expected(_ what: String, found: String, at range: Range<Int>, help: String? = nil) -> CELIssue {
    CELIssue(.syntax, "expected \(what), found \(found)", at: range, help: help)
  }

  static func strayCharacter(_ character: String, at range: Range<Int>) -> CELIssue {
    let helps = ["=": "compare with `==`", "&": "\"and\" is `&&`", "|": "\"or\" is `||`"]
    return CELIssue(.syntax, "`\(character)` has no meaning here", at: range, help: helps[character])
  }

  static func reservedWord(_ word: String, at range: Range<Int>) -> CELIssue {
    CELIssue(
      .syntax, "`\(word)` is a reserved word", at: range,
      help: CELReservedWords.keywords.contains(word) ? nil : "it can be a field (`a.\(word)`), not a name")
  }

  static func quotedName(_ name: String, at range: Range<Int>) -> CELIssue {
    CELIssue(.syntax, "`\(name)` in backticks is not a field", at: range, help: "only fields are written in backticks")
  }
}

// Numbers.
extension CELIssue {
  static func noHexDigits(at range: Range<Int>) -> CELIssue {
    CELIssue(.syntax, "`0x` has no digits", at: range)
  }

  /// `type` is `int`, `uint` or `double`.
  static func outOfRange(_ written: String, of type: String, at range: Range<Int>) -> CELIssue {
    let helps = [
      "int": "an int goes from -9223372036854775808 to 9223372036854775807; a uint ends with `u`",
      "uint": "a uint goes to 18446744073709551615u",
    ]
    return CELIssue(.syntax, "`\(written)` is out of the range of \(type)", at: range, help: helps[type])
  }
}

// Strings, bytes and quoted fields.
extension CELIssue {
  static func unclosedText(_ quote: String, at range: Range<Int>) -> CELIssue {
    let help = quote.utf8.count == 1 ? "text of several lines stands between three quotes on either side" : nil
    return CELIssue(.syntax, "the text is not closed with `\(quote)`", at: range, help: help)
  }

  static func unknownEscape(_ written: String, isBytes: Bool, at range: Range<Int>) -> CELIssue {
    CELIssue(
      .syntax, "`\(written)` is no escape of \(isBytes ? "bytes" : "a string")", at: range,
      help: "a backslash is written `\\\\`, or as it is in a raw \(isBytes ? "`br\"...\"`" : "`r\"...\"`")")
  }

  static func shortEscape(_ written: String, digitCount: Int, radix: UInt32, at range: Range<Int>) -> CELIssue {
    let base = radix == 16 ? "hexadecimal" : "octal"
    return CELIssue(.syntax, "the escape `\(written)` has fewer than \(digitCount) \(base) digits", at: range)
  }

  static func octalOutOfRange(_ written: String, at range: Range<Int>) -> CELIssue {
    CELIssue(.syntax, "the escape `\(written)` is above `\\377`", at: range)
  }

  static func noCharacter(_ written: String, _ value: UInt32, at range: Range<Int>) -> CELIssue {
    let isSurrogate = (0xD800...0xDFFF).contains(value)
    return CELIssue(
      .syntax, "the escape `\(written)` is \(isSurrogate ? "half of a character" : "no character")", at: range,
      help: isSurrogate ? "write the whole character, or `\\U` and its eight digits" : nil)
  }

  static func unclosedField(at range: Range<Int>) -> CELIssue {
    CELIssue(.syntax, "the field is not closed with a backtick", at: range)
  }

  static func emptyField(at range: Range<Int>) -> CELIssue {
    CELIssue(.syntax, "there is no field between the backticks", at: range)
  }

  static func strayInField(_ character: String, at range: Range<Int>) -> CELIssue {
    CELIssue(
      .syntax, "`\(character)` cannot stand in a field in backticks", at: range,
      help: "write the field as an index: `a[\"...\"]`")
  }
}

// Macros.
extension CELIssue {
  static func macroVariable(_ macro: String, at range: Range<Int>) -> CELIssue {
    CELIssue(.syntax, "the variable of `\(macro)` is not a simple name", at: range)
  }

  static func macroVariableTwice(_ name: String, at range: Range<Int>) -> CELIssue {
    CELIssue(.syntax, "both variables are called `\(name)`", at: range)
  }

  static func hasArgument(at range: Range<Int>) -> CELIssue {
    CELIssue(
      .syntax, "the argument of `has` is not a field", at: range,
      help: "write `has(a.b)`; whether a map has a key is `key in map`")
  }

  static func blockList(at range: Range<Int>) -> CELIssue {
    CELIssue(.syntax, "the first argument of `cel.block` is not a list of values", at: range)
  }

  static func macroNumber(_ macro: String, at range: Range<Int>) -> CELIssue {
    CELIssue(.syntax, "the argument of `cel.\(macro)` is not a whole number from 0", at: range)
  }
}

// Limits.
extension CELIssue {
  static func tooLong(at range: Range<Int>) -> CELIssue {
    CELIssue(.limit, "the expression is longer than \(CELLimits.byteCount) bytes", at: range)
  }

  static func tooDeep(at range: Range<Int>) -> CELIssue {
    CELIssue(.limit, "the expression nests deeper than \(CELLimits.depth) levels", at: range)
  }

  static func tooHigh(at range: Range<Int>) -> CELIssue {
    CELIssue(.limit, "the expression chains more than \(CELLimits.height) operations", at: range)
  }

  static func tooManyNodes(_ limit: Int, at range: Range<Int>) -> CELIssue {
    CELIssue(.limit, "the expression has more than \(limit) parts", at: range)
  }

  static func tooManyElements(at range: Range<Int>) -> CELIssue {
    CELIssue(.limit, "there are more than \(CELLimits.elementCount) elements", at: range)
  }
}
