// The words for what an expression of attribute propagation may not be. Lower case, without a full stop, the author's
// text in backticks, as the expression language's own issues.

internal import PosternCEL

extension CELIssue {
  /// By the alphabet.
  private static let propagationFunctions = ["append", "decorate", "emitAs", "filter", "selectByName", "strict"]

  private static let lists = Propagation.Source.allCases.map { "attributes." + $0.name }

  static func noList(at range: Range<Int>) -> CELIssue {
    CELIssue(
      .undeclared, "this is no list of attributes", at: range,
      help: "begin with \(Diagnostic.alternatives(lists)), and pick from it with `filter` or `selectByName`")
  }

  static func unknownList(_ name: String, at range: Range<Int>) -> CELIssue {
    CELIssue(
      .undeclared, "there are no attributes by the name of \(Diagnostic.quoted(name))", at: range,
      help: suggestion(name, among: Propagation.Source.allCases.map(\.name))
        ?? "write \(Diagnostic.alternatives(lists))")
  }

  static func unknownFunction(_ name: String, at range: Range<Int>) -> CELIssue {
    CELIssue(
      .undeclared, "\(Diagnostic.quoted(name)) is no function of attribute propagation", at: range,
      help: suggestion(name, among: propagationFunctions)
        ?? "the functions are \(propagationFunctions.map(Diagnostic.quoted).joined(separator: ", "))")
  }

  static func unselected(_ source: Propagation.Source, at range: Range<Int>) -> CELIssue {
    CELIssue(
      .type, "nothing says which of \(Diagnostic.quoted("attributes." + source.name)) are meant", at: range,
      help: "name them: `.filter(x, x.name in [\"department\"])` or `.selectByName(\"department\")`")
  }

  static func alreadySelected(_ function: String, at range: Range<Int>) -> CELIssue {
    CELIssue(
      .overload, "\(Diagnostic.quoted(function)) selects from a whole list, and here is a selection already", at: range,
      help: "write it right after \(Diagnostic.alternatives(lists))")
  }

  static func notOne(_ function: String, at range: Range<Int>) -> CELIssue {
    CELIssue(
      .overload, "\(Diagnostic.quoted(function)) takes one attribute, and here is a list", at: range,
      help: "`selectByName` selects one; `append` puts it beside others")
  }

  static func arguments(_ function: String, _ arguments: String, at range: Range<Int>) -> CELIssue {
    CELIssue(.overload, "\(Diagnostic.quoted(function)) takes \(arguments) in its parentheses", at: range)
  }

  static func noName(at range: Range<Int>) -> CELIssue {
    CELIssue(
      .type, "a name must be a constant text", at: range,
      help: "what is passed on is fixed when the tree is compiled: write the name in quotes")
  }

  static func nameLength(at range: Range<Int>) -> CELIssue {
    CELIssue(.type, "a name has 1 to \(Propagation.nameByteLimit) bytes", at: range)
  }

  static func predicate(variable: String, at range: Range<Int>) -> CELIssue {
    CELIssue(
      .type, "this does not name the attributes that pass", at: range,
      help: "write \(Diagnostic.quoted("\(variable).name in [\"department\"]")), with the names as constant texts")
  }

  static func emptyFilter(at range: Range<Int>) -> CELIssue {
    CELIssue(
      .type, "a filter without names passes nothing on", at: range,
      help: "name an attribute, or leave the list out")
  }

  private static func suggestion(_ name: String, among names: [String]) -> String? {
    NearestName.of(name, among: names).map { "did you mean \(Diagnostic.quoted($0))?" }
  }
}
