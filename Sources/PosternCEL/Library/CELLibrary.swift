// The functions that expressions may call. Refuses nothing.

/// The standard library and the extensions, as tables by name.
enum CELLibrary {
  /// The functions and operators of the language definition.
  static let standard = merge(arithmetic, comparisons, collections, texts, conversions, times, matches)

  /// All libraries.
  static let all = merge(standard, strings, math, network, optionals, encoders)

  /// One table of several; overloads of one name follow each other in the order of the tables.
  static func merge(_ tables: CELFunctionTable...) -> CELFunctionTable {
    tables.reduce(into: [:]) { $0.merge($1) { $0 + $1 } }
  }
}
