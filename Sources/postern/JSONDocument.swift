// The one file that reads JSON which is not a policy's: what a gate and an authorization server say, and the tokens that are kept. Refuses what
// is not JSON, or not of the type that is asked for.

internal import FoundationEssentials

extension Decodable {
  /// The value that the bytes are; nil where they are none.
  static func read(json bytes: [UInt8]) -> Self? { try? JSONDecoder().decode(Self.self, from: Data(bytes)) }
}
