// The parts of instants and spans: `getHours()`, `getFullYear('Europe/Paris')`. Refuses zones that nobody knows, as
// an error value.

extension CELLibrary {
  static let times: CELFunctionTable = [
    "getFullYear": [civil { $0.year }],
    "getMonth": [civil { $0.month - 1 }],
    "getDate": [civil { $0.day }],
    "getDayOfMonth": [civil { $0.day - 1 }],
    "getDayOfWeek": [civil { $0.dayOfWeek }],
    "getDayOfYear": [civil { $0.dayOfYear }],
    "getHours": [civil { $0.hour }, span { $0.seconds / 3600 }],
    "getMinutes": [civil { $0.minute }, span { $0.seconds / 60 }],
    "getSeconds": [civil { $0.second }, span { $0.seconds }],
    "getMilliseconds": [milliseconds, span { Int64($0.nanoseconds / 1_000_000) }],
  ]

  /// A part of an instant on the clock and calendar of a zone, UTC where none is named.
  private static func civil(_ part: @escaping @Sendable (CivilTime) -> Int) -> CELFunction {
    CELFunction(arguments: 1...2, isMethod: true) { call throws(CELError) in
      guard let seconds = try localSeconds(call) else { return nil }
      return .int(Int64(part(CivilTime(secondsSince1970: seconds))))
    }
  }

  private static let milliseconds = CELFunction(arguments: 1...2, isMethod: true) { call throws(CELError) in
    guard case .timestamp(let instant) = call.first, try localSeconds(call) != nil else { return nil }
    return .int(Int64(instant.nanoseconds / 1_000_000))
  }

  /// A part of a span; but for milliseconds, the whole of it in that unit, rounded towards zero.
  private static func span(_ part: @escaping @Sendable (CELDuration) -> Int64) -> CELFunction {
    CELFunction(arguments: 1, isMethod: true) { call in
      guard case .duration(let span) = call.first else { return nil }
      return .int(part(span))
    }
  }

  /// Seconds since 1970 as the clocks of the zone show them; nil where the arguments are of other types.
  private static func localSeconds(_ call: CELCall) throws(CELError) -> Int64? {
    guard case .timestamp(let instant) = call.first else { return nil }
    guard call.arguments.count == 2 else { return instant.seconds }
    guard case .string(let zone) = call.arguments[1] else { return nil }
    let offset =
      FixedOffset.seconds(zone) ?? call.timeZones.offsetSeconds(ofZone: zone, at: instant.seconds)
    guard let offset else { throw CELError(.invalidArgument, "there is no time zone `\(zone)`") }
    return instant.seconds + Int64(offset)
  }
}

extension CELExpression {
  /// The argument that names the zone of a part of an instant, as in `t.getHours("Europe/Paris")`; nil of any other node.
  public var timeZone: CELExpression? {
    guard case .call(let function, .some, let arguments) = kind, CELLibrary.times[function] != nil else { return nil }
    return arguments.first
  }
}
