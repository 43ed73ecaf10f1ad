// Why a file keeps the layout that it has.

/// A file that is not laid out.
package enum LayoutFault: Error {
  /// It is no YAML that a policy may be written in.
  case notYAML([Diagnostic])
  /// It is YAML, but of a form that has no canonical layout; with the way out.
  case noLayout(String, line: Int, column: Int)
  /// What came out would not say the same as what went in: a mistake of the formatter, which changes nothing then.
  case notTheSame(String)
}
