// Declarations of operators (cel-spec, language definition, list of standard definitions). Refuses nothing.

extension CELDeclarations {
  static let operators: [Row] = arithmetic + timeArithmetic + logic

  private static let arithmetic: [Row] = [
    function(CELOperator.add, "add_int64", [.int, .int], .int),
    function(CELOperator.add, "add_uint64", [.uint, .uint], .uint),
    function(CELOperator.add, "add_double", [.double, .double], .double),
    function(CELOperator.add, "add_string", [.string, .string], .string),
    function(CELOperator.add, "add_bytes", [.bytes, .bytes], .bytes),
    function(CELOperator.add, "add_list", [listOfA, listOfA], listOfA),
    function(CELOperator.subtract, "subtract_int64", [.int, .int], .int),
    function(CELOperator.subtract, "subtract_uint64", [.uint, .uint], .uint),
    function(CELOperator.subtract, "subtract_double", [.double, .double], .double),
    function(CELOperator.multiply, "multiply_int64", [.int, .int], .int),
    function(CELOperator.multiply, "multiply_uint64", [.uint, .uint], .uint),
    function(CELOperator.multiply, "multiply_double", [.double, .double], .double),
    function(CELOperator.divide, "divide_int64", [.int, .int], .int),
    function(CELOperator.divide, "divide_uint64", [.uint, .uint], .uint),
    function(CELOperator.divide, "divide_double", [.double, .double], .double),
    function(CELOperator.remainder, "modulo_int64", [.int, .int], .int),
    function(CELOperator.remainder, "modulo_uint64", [.uint, .uint], .uint),
    function(CELOperator.negate, "negate_int64", [.int], .int),
    function(CELOperator.negate, "negate_double", [.double], .double),
  ]

  private static let timeArithmetic: [Row] = [
    function(CELOperator.add, "add_timestamp_duration", [.timestamp, .duration], .timestamp),
    function(CELOperator.add, "add_duration_timestamp", [.duration, .timestamp], .timestamp),
    function(CELOperator.add, "add_duration_duration", [.duration, .duration], .duration),
    function(CELOperator.subtract, "subtract_timestamp_timestamp", [.timestamp, .timestamp], .duration),
    function(CELOperator.subtract, "subtract_timestamp_duration", [.timestamp, .duration], .timestamp),
    function(CELOperator.subtract, "subtract_duration_duration", [.duration, .duration], .duration),
  ]

  private static let logic: [Row] = [
    function(CELOperator.conditional, "conditional", [.bool, a, a], a),
    function(CELOperator.and, "logical_and", [.bool, .bool], .bool),
    function(CELOperator.or, "logical_or", [.bool, .bool], .bool),
    function(CELOperator.not, "logical_not", [.bool], .bool),
    function(CELOperator.equals, "equals", [a, a], .bool),
    function(CELOperator.notEquals, "not_equals", [a, a], .bool),
    function(CELOperator.in, "in_list", [a, listOfA], .bool),
    function(CELOperator.in, "in_map", [a, mapOfAToB], .bool),
    function(CELOperator.index, "index_list", [listOfA, .int], a),
    function(CELOperator.index, "index_map", [mapOfAToB, a], b),
  ]

  /// The four orderings of each pair of types that has one; numbers are ordered across types.
  static let orderings: [Row] = orderingNames.flatMap { name, id in
    orderedTypes.map { suffix, left, right -> Row in function(name, "\(id)_\(suffix)", [left, right], .bool) }
  }

  private static let orderingNames: [(name: String, id: String)] = [
    (CELOperator.less, "less"), (CELOperator.lessOrEqual, "less_equals"),
    (CELOperator.greater, "greater"), (CELOperator.greaterOrEqual, "greater_equals"),
  ]

  private static let orderedTypes: [(suffix: String, left: CELType, right: CELType)] = [
    ("bool", .bool, .bool),
    ("int64", .int, .int), ("int64_double", .int, .double), ("int64_uint64", .int, .uint),
    ("uint64", .uint, .uint), ("uint64_double", .uint, .double), ("uint64_int64", .uint, .int),
    ("double", .double, .double), ("double_int64", .double, .int), ("double_uint64", .double, .uint),
    ("string", .string, .string), ("bytes", .bytes, .bytes),
    ("timestamp", .timestamp, .timestamp), ("duration", .duration, .duration),
  ]
}
