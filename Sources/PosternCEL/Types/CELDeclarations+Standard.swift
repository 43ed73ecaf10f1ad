// Declarations of the standard functions: conversions, texts, sizes and the parts of times (cel-spec, language
// definition). Refuses nothing.

extension CELDeclarations {
  static let conversions: [Row] =
    convertingRows + [
      function("dyn", "to_dyn", [a], .dyn),
      function("type", "type", [a], .type(a)),
    ]

  private static let convertingRows: [Row] = conversionSources.flatMap { name, result, sources in
    sources.map { source -> Row in function(name, "\(idName(source))_to_\(idName(result))", [source], result) }
  }

  /// A conversion's name, its result and what it takes.
  private static let conversionSources: [(name: String, result: CELType, sources: [CELType])] = [
    ("int", .int, [.int, .uint, .double, .string, .timestamp]),
    ("uint", .uint, [.uint, .int, .double, .string]),
    ("double", .double, [.double, .int, .uint, .string]),
    ("bool", .bool, [.bool, .string]),
    ("bytes", .bytes, [.bytes, .string]),
    ("string", .string, [.string, .bool, .int, .uint, .double, .bytes, .timestamp, .duration]),
    ("timestamp", .timestamp, [.timestamp, .string, .int]),
    ("duration", .duration, [.duration, .string]),
  ]

  /// A type's name inside the id of an overload.
  static func idName(_ type: CELType) -> String {
    switch type {
    case .int: "int64"
    case .uint: "uint64"
    case .timestamp: "timestamp"
    case .duration: "duration"
    default: type.description
    }
  }

  static let texts: [Row] = [
    method("contains", "contains_string", [.string, .string], .bool),
    method("startsWith", "starts_with_string", [.string, .string], .bool),
    method("endsWith", "ends_with_string", [.string, .string], .bool),
    method("matches", "matches_string", [.string, .string], .bool),
    function("matches", "matches", [.string, .string], .bool),
  ]

  static let aggregates: [Row] = [
    function("size", "size_string", [.string], .int),
    function("size", "size_bytes", [.bytes], .int),
    function("size", "size_list", [listOfA], .int),
    function("size", "size_map", [mapOfAToB], .int),
    method("size", "string_size", [.string], .int),
    method("size", "bytes_size", [.bytes], .int),
    method("size", "list_size", [listOfA], .int),
    method("size", "map_size", [mapOfAToB], .int),
  ]

  /// The parts of a timestamp, in UTC or in a zone, and those of a duration.
  static let times: [Row] = timestampRows + durationRows

  private static let timestampRows: [Row] = timestampParts.flatMap { name, part -> [Row] in
    [
      method(name, "timestamp_to_\(part)", [.timestamp], .int),
      method(name, "timestamp_to_\(part)_with_tz", [.timestamp, .string], .int),
    ]
  }

  private static let durationRows: [Row] = durationParts.map { name, part -> Row in
    method(name, "duration_to_\(part)", [.duration], .int)
  }

  private static let timestampParts: [(name: String, part: String)] =
    [
      ("getFullYear", "year"), ("getMonth", "month"), ("getDayOfYear", "day_of_year"),
      ("getDayOfMonth", "day_of_month"), ("getDate", "day_of_month_1_based"), ("getDayOfWeek", "day_of_week"),
    ] + durationParts

  private static let durationParts: [(name: String, part: String)] = [
    ("getHours", "hours"), ("getMinutes", "minutes"), ("getSeconds", "seconds"), ("getMilliseconds", "milliseconds"),
  ]
}
