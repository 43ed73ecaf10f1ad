// The network extension of the CEL project, and `inIpRange` of Google's custom access levels. Refuses, as error values,
// texts that are no address or range: zones, leading zeros and IPv4 addresses written as IPv6 ones among them.

extension CELLibrary {
  /// The functions of the network extension.
  static let network = merge(addresses, ranges, questions)

  private static let addresses: CELFunctionTable = [
    "ip": [
      ofText { text throws(CELError) in .address(try readAddress(text)) },
      method(1) { call in
        guard case .network(let network) = call.first else { return nil }
        return .address(network.address)
      },
    ],
    "isIP": [ofText { .bool(CELAddress(text: $0) != nil) }],
    "ip.isCanonical": [
      ofText { text throws(CELError) in .bool(try readAddress(text).text.utf8.elementsEqual(text.utf8)) }
    ],
    "family": [ofAddress { .int($0.bytes.count == 4 ? 4 : 6) }],
  ]

  private static let ranges: CELFunctionTable = [
    "cidr": [ofText { text throws(CELError) in .network(try readNetwork(text)) }],
    "isCIDR": [ofText { .bool(CELNetwork(text: $0) != nil) }],
    "containsIP": [method(2, containsAddress)],
    "containsCIDR": [method(2, containsNetwork)],
    "prefixLength": [ofNetwork { .int(Int64($0.prefixLength)) }],
    "masked": [ofNetwork { .network($0.masked) }],
    "inIpRange": [CELFunction(arguments: 2, isInRanges), method(2, isInRanges)],
  ]

  private static let questions: CELFunctionTable = [
    "isUnspecified": [ofAddress { .bool($0.isUnspecified) }],
    "isLoopback": [ofAddress { .bool($0.isLoopback) }],
    "isGlobalUnicast": [ofAddress { .bool($0.isGlobalUnicast) }],
    "isLinkLocalUnicast": [ofAddress { .bool($0.isLinkLocalUnicast) }],
    "isLinkLocalMulticast": [ofAddress { .bool($0.isLinkLocalMulticast) }],
  ]

  private static func method(
    _ count: Int, _ call: @escaping @Sendable (CELCall) throws(CELError) -> CELValue?
  ) -> CELFunction {
    CELFunction(arguments: count, isMethod: true, call)
  }

  private static func ofText(_ result: @escaping @Sendable (String) throws(CELError) -> CELValue) -> CELFunction {
    CELFunction(arguments: 1) { call throws(CELError) in
      guard case .string(let text) = call.first else { return nil }
      return try result(text)
    }
  }

  private static func ofAddress(_ result: @escaping @Sendable (CELAddress) -> CELValue) -> CELFunction {
    method(1) { call in
      guard case .address(let address) = call.first else { return nil }
      return result(address)
    }
  }

  private static func ofNetwork(_ result: @escaping @Sendable (CELNetwork) -> CELValue) -> CELFunction {
    method(1) { call in
      guard case .network(let network) = call.first else { return nil }
      return result(network)
    }
  }
}

extension CELLibrary {
  private static func readAddress(_ text: String) throws(CELError) -> CELAddress {
    guard let address = CELAddress(text: text) else {
      throw CELError(.invalidArgument, "the text is no IP address")
    }
    return address
  }

  private static func readNetwork(_ text: String) throws(CELError) -> CELNetwork {
    guard let network = CELNetwork(text: text) else {
      throw CELError(.invalidArgument, "the text is no range of IP addresses")
    }
    return network
  }

  /// nil where the value is neither an address nor a text.
  private static func readAddress(_ value: CELValue) throws(CELError) -> CELAddress? {
    switch value {
    case .address(let address): address
    case .string(let text): try readAddress(text)
    default: nil
    }
  }

  /// nil where the value is neither a range nor a text.
  private static func readNetwork(_ value: CELValue) throws(CELError) -> CELNetwork? {
    switch value {
    case .network(let network): network
    case .string(let text): try readNetwork(text)
    default: nil
    }
  }

  /// Google's own example names a single address as a range.
  private static func readRange(_ value: CELValue) throws(CELError) -> CELNetwork? {
    guard case .string(let text) = value, let address = CELAddress(text: text) else { return try readNetwork(value) }
    return CELNetwork(address: address, prefixLength: address.bytes.count * 8)
  }

  private static func containsAddress(_ call: CELCall) throws(CELError) -> CELValue? {
    guard case .network(let range) = call.first, let address = try readAddress(call.arguments[1]) else { return nil }
    return .bool(range.contains(address))
  }

  private static func containsNetwork(_ call: CELCall) throws(CELError) -> CELValue? {
    guard case .network(let range) = call.first, let other = try readNetwork(call.arguments[1]) else { return nil }
    return .bool(range.contains(other))
  }

  /// Whether an address is in one of the ranges; each of them must be one, whichever holds the address.
  private static func isInRanges(_ call: CELCall) throws(CELError) -> CELValue? {
    guard let address = try readAddress(call.first) else { return nil }
    var values = [call.arguments[1]]
    if case .list(let elements) = values[0] { values = elements }
    var isInside = false
    for value in values {
      guard let range = try readRange(value) else { return nil }
      if range.contains(address) { isInside = true }
    }
    return .bool(isInside)
  }
}
