// Declarations of the extensions: strings, math, network addresses, optionals and encoders. Refuses nothing.

extension CELDeclarations {
  static let strings: [Row] = [
    method("charAt", "string_char_at_int", [.string, .int], .string),
    method("indexOf", "string_index_of_string", [.string, .string], .int),
    method("indexOf", "string_index_of_string_int", [.string, .string, .int], .int),
    method("lastIndexOf", "string_last_index_of_string", [.string, .string], .int),
    method("lastIndexOf", "string_last_index_of_string_int", [.string, .string, .int], .int),
    method("lowerAscii", "string_lower_ascii", [.string], .string),
    method("upperAscii", "string_upper_ascii", [.string], .string),
    method("replace", "string_replace_string_string", [.string, .string, .string], .string),
    method("replace", "string_replace_string_string_int", [.string, .string, .string, .int], .string),
    method("split", "string_split_string", [.string, .string], .list(.string)),
    method("split", "string_split_string_int", [.string, .string, .int], .list(.string)),
    method("substring", "string_substring_int", [.string, .int], .string),
    method("substring", "string_substring_int_int", [.string, .int, .int], .string),
    method("trim", "string_trim", [.string], .string),
    method("reverse", "string_reverse", [.string], .string),
    method("join", "list_join", [.list(.string)], .string),
    method("join", "list_join_string", [.list(.string), .string], .string),
    method("format", "string_format", [.string, .list(.dyn)], .string),
    function("strings.quote", "strings_quote", [.string], .string),
    method("extract", "string_extract_string", [.string, .string], .string),
  ]

  static let math: [Row] = numberRows + bitRows + shiftRows + variadicRows

  private static let numberRows: [Row] = numberFunctions.flatMap { name, id, types, result in
    types.map { type -> Row in function(name, "\(id)_\(idName(type))", [type], result ?? type) }
  }

  private static let bitRows: [Row] = bitFunctions.flatMap { name, id in
    wholeNumbers.map { type -> Row in function(name, "\(id)_\(idName(type))", [type, type], type) }
  }

  private static let shiftRows: [Row] = shiftFunctions.flatMap { name, id in
    wholeNumbers.map { type -> Row in function(name, "\(id)_\(idName(type))_int64", [type, .int], type) }
  }

  private static let variadicRows: [Row] = variadicFunctions.flatMap { name, id in
    numbers.map { type -> Row in function(name, "\(id)_list_\(idName(type))", [.list(type)], type) }
  }

  private static let variadicFunctions: [(name: String, id: String)] = [
    ("math.greatest", "math_greatest"), ("math.least", "math_least"),
  ]

  private static let wholeNumbers: [CELType] = [.int, .uint]
  private static let numbers: [CELType] = [.int, .uint, .double]

  /// A function of one number, what it takes, and its result where that is not what it takes.
  private static let numberFunctions: [(name: String, id: String, types: [CELType], result: CELType?)] = [
    ("math.greatest", "math_greatest", numbers, nil), ("math.least", "math_least", numbers, nil),
    ("math.ceil", "math_ceil", [.double], nil), ("math.floor", "math_floor", [.double], nil),
    ("math.round", "math_round", [.double], nil), ("math.trunc", "math_trunc", [.double], nil),
    ("math.abs", "math_abs", numbers, nil), ("math.sign", "math_sign", numbers, nil),
    ("math.sqrt", "math_sqrt", numbers, .double),
    ("math.isNaN", "math_isNaN", [.double], .bool), ("math.isInf", "math_isInf", [.double], .bool),
    ("math.isFinite", "math_isFinite", [.double], .bool),
    ("math.bitNot", "math_bitNot", [.int, .uint], nil),
  ]

  private static let bitFunctions: [(name: String, id: String)] = [
    ("math.bitOr", "math_bitOr"), ("math.bitAnd", "math_bitAnd"), ("math.bitXor", "math_bitXor"),
  ]

  private static let shiftFunctions: [(name: String, id: String)] = [
    ("math.bitShiftLeft", "math_bitShiftLeft"), ("math.bitShiftRight", "math_bitShiftRight"),
  ]

  static let network: [Row] =
    [
      function("ip", "string_to_ip", [.string], .address),
      method("ip", "cidr_ip", [.network], .address),
      function("isIP", "is_ip", [.string], .bool),
      function("ip.isCanonical", "ip_is_canonical", [.string], .bool),
      function("cidr", "string_to_cidr", [.string], .network),
      function("isCIDR", "is_cidr", [.string], .bool),
      function("string", "ip_to_string", [.address], .string),
      function("string", "cidr_to_string", [.network], .string),
      method("family", "ip_family", [.address], .int),
      method("containsIP", "cidr_contains_ip_string", [.network, .string], .bool),
      method("containsIP", "cidr_contains_ip_ip", [.network, .address], .bool),
      method("containsCIDR", "cidr_contains_cidr_string", [.network, .string], .bool),
      method("containsCIDR", "cidr_contains_cidr", [.network, .network], .bool),
      method("prefixLength", "cidr_prefix_length", [.network], .int),
      method("masked", "cidr_masked", [.network], .network),
    ] + addressQuestions + addressRanges

  private static let addressQuestions: [Row] = [
    "isUnspecified", "isLoopback", "isGlobalUnicast", "isLinkLocalUnicast", "isLinkLocalMulticast",
  ].map { name -> Row in method(name, "ip_\(name)", [.address], .bool) }

  /// `inIpRange` as in Google's custom access levels, of an address and one range or several.
  private static let addressRanges: [Row] = [CELType.string, .address].flatMap { address -> [Row] in
    [CELType.string, .list(.string)].flatMap { ranges -> [Row] in
      let id = "in_ip_range_\(address == .string ? "string" : "ip")_\(ranges == .string ? "string" : "list")"
      return [
        function("inIpRange", id, [address, ranges], .bool),
        method("inIpRange", "method_\(id)", [address, ranges], .bool),
      ]
    }
  }

  private static let optionalA = CELType.optional(a)

  static let optionals: [Row] = [
    function("optional.of", "optional_of", [a], optionalA),
    function("optional.ofNonZeroValue", "optional_of_non_zero_value", [a], optionalA),
    function("optional.none", "optional_none", [], optionalA),
    method("hasValue", "optional_has_value", [optionalA], .bool),
    method("value", "optional_value", [optionalA], a),
    method("or", "optional_or_optional", [optionalA, optionalA], optionalA),
    method("orValue", "optional_or_value", [optionalA, a], a),
    function("optional.unwrap", "optional_unwrap", [.list(optionalA)], listOfA),
    method("unwrapOpt", "optional_unwrapOpt", [.list(optionalA)], listOfA),
    function(CELOperator.index, "optional_list_index_int", [.optional(listOfA), .int], optionalA),
    function(CELOperator.index, "optional_map_index_value", [.optional(mapOfAToB), a], .optional(b)),
    function(CELOperator.optionalIndex, "list_optindex_optional_int", [listOfA, .int], optionalA),
    function(CELOperator.optionalIndex, "optional_list_optindex_optional_int", [.optional(listOfA), .int], optionalA),
    function(CELOperator.optionalIndex, "map_optindex_optional_value", [mapOfAToB, a], .optional(b)),
    function(
      CELOperator.optionalIndex, "optional_map_optindex_optional_value", [.optional(mapOfAToB), a], .optional(b)),
  ]

  static let encoders: [Row] = [
    function("base64.encode", "base64_encode_bytes", [.bytes], .string),
    function("base64.decode", "base64_decode_string", [.string], .bytes),
  ]
}
