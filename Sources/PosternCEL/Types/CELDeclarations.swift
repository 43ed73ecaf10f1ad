// The functions that every expression may call, by name: the standard library's and the extensions', from the tables of
// the other files. Overload ids are those of the CEL project where it has the function. Refuses nothing.

enum CELDeclarations {
  typealias Overload = CELEnvironment.Overload
  /// A function's name and one of its overloads.
  typealias Row = (name: String, overload: Overload)

  static let functions: [String: [Overload]] = {
    let tables: [[Row]] = [
      operators, orderings, conversions, texts, aggregates, times, strings, math, network, optionals, encoders,
    ]
    return Dictionary(grouping: tables.joined(), by: \.name).mapValues { $0.map(\.overload) }
  }()

  /// Functions that take any count of numbers: a list with the numbers stands for more than one argument.
  static let variadicNames: Set<String> = ["math.greatest", "math.least"]

  /// How operators are written, for the texts of issues.
  static let symbols: [String: String] = [
    CELOperator.conditional: "? :", CELOperator.and: "&&", CELOperator.or: "||", CELOperator.not: "!",
    CELOperator.negate: "-", CELOperator.equals: "==", CELOperator.notEquals: "!=", CELOperator.less: "<",
    CELOperator.lessOrEqual: "<=", CELOperator.greater: ">", CELOperator.greaterOrEqual: ">=",
    CELOperator.add: "+", CELOperator.subtract: "-", CELOperator.multiply: "*", CELOperator.divide: "/",
    CELOperator.remainder: "%", CELOperator.in: "in", CELOperator.index: "[ ]", CELOperator.optionalIndex: "[? ]",
  ]

  /// Macros and how they are written: a call that is none of these forms stays a call.
  static let macros: [String: String] = [
    "has": "has(a.b)", "all": "list.all(x, condition)", "exists": "list.exists(x, condition)",
    "exists_one": "list.exists_one(x, condition)", "existsOne": "list.existsOne(i, x, condition)",
    "filter": "list.filter(x, condition)", "map": "list.map(x, value)",
    "transformList": "list.transformList(i, x, value)", "transformMap": "map.transformMap(k, v, value)",
    "transformMapEntry": "map.transformMapEntry(k, v, {key: value})", "cel.bind": "cel.bind(name, value, body)",
    "optMap": "optional.optMap(x, value)", "optFlatMap": "optional.optFlatMap(x, optional)",
  ]

  static func function(_ name: String, _ id: String, _ parameters: [CELType], _ result: CELType) -> Row {
    (name, Overload(id, parameters, result))
  }

  /// A method; the first parameter is its target.
  static func method(_ name: String, _ id: String, _ parameters: [CELType], _ result: CELType) -> Row {
    (name, Overload(id, parameters, result, isMethod: true))
  }

  /// Type parameters of the tables.
  static let a = CELType.parameter("A")
  static let b = CELType.parameter("B")
  static let listOfA = CELType.list(a)
  static let mapOfAToB = CELType.map(key: a, value: b)
}
