// Requests to providers. Bounded in time and size; follows no redirect, for what a provider's documents name is asked there and
// nowhere else. Refuses answers beyond a megabyte.

internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1

/// An answer of a provider.
struct ProviderAnswer: Sendable {
  var status: Int
  var headers: Headers
  var body: [UInt8]
}

/// How providers are asked.
protocol ProviderTransport: Sendable {
  /// Asks for a document, as the owner of a token where there is one.
  func get(_ url: String, bearer: String?) async throws(ProviderFault) -> ProviderAnswer
  /// Posts a form; `basic` is the client's name and secret (RFC 6749, 2.3.1).
  func post(
    _ url: String, form: [(String, String)], basic: (name: String, secret: String)?
  ) async throws(ProviderFault) -> ProviderAnswer
}

/// Asks providers over HTTP.
struct ProviderHTTP: ProviderTransport {
  static let byteLimit = 1 << 20

  let client: HTTPClient
  /// How long a whole answer may take.
  var timeoutSeconds: Int64 = 5

  func get(_ url: String, bearer: String?) async throws(ProviderFault) -> ProviderAnswer {
    var request = HTTPClientRequest(url: url)
    request.headers.add(name: "accept", value: "application/json")
    if let bearer { request.headers.add(name: "authorization", value: "Bearer \(bearer)") }
    return try await send(request)
  }

  func post(
    _ url: String, form: [(String, String)], basic: (name: String, secret: String)?
  ) async throws(ProviderFault) -> ProviderAnswer {
    var request = HTTPClientRequest(url: url)
    request.method = .POST
    request.headers.add(name: "accept", value: "application/json")
    request.headers.add(name: "content-type", value: "application/x-www-form-urlencoded")
    if let basic {
      request.setBasicAuth(
        username: FormEncoding.encode(basic.name), password: FormEncoding.encode(basic.secret))
    }
    request.body = .bytes(ByteBuffer(string: FormEncoding.form(form)))
    return try await send(request)
  }

  private func send(_ request: HTTPClientRequest) async throws(ProviderFault) -> ProviderAnswer {
    do {
      return try await withThrowingTaskGroup { group in
        group.addTask { try await wholeAnswer(to: request) }
        // The client's own limit is over with the head: a body that stalls would be waited for without an end.
        group.addTask {
          try await Task.sleep(for: .seconds(timeoutSeconds))
          throw HTTPClientError.deadlineExceeded
        }
        defer { group.cancelAll() }
        guard let answer = try await group.next() else { throw HTTPClientError.cancelled }
        return answer
      }
    } catch {
      throw .unavailable("\(request.method.rawValue) \(request.url): \(error)")
    }
  }

  private func wholeAnswer(to request: HTTPClientRequest) async throws -> ProviderAnswer {
    let response = try await client.execute(request, timeout: .seconds(timeoutSeconds))
    let body = try await response.body.collect(upTo: Self.byteLimit)
    return ProviderAnswer(
      status: Int(response.status.code), headers: Headers(response.headers.map { ($0.name, $0.value) }),
      body: Array(body.readableBytesView))
  }
}

/// `application/x-www-form-urlencoded` and percent-encoding.
enum FormEncoding {
  /// Every byte but the unreserved ones of RFC 3986 escaped.
  static func encode(_ text: String) -> String {
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        bytes.append(byte)
      default: bytes += escape(byte).utf8
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// `%2F`.
  static func escape(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return (byte < 16 ? "%0" : "%") + digits
  }

  static func form(_ pairs: [(String, String)]) -> String {
    pairs.map { "\(encode($0.0))=\(encode($0.1))" }.joined(separator: "&")
  }

  /// Decoded once; `+` is a blank. nil where an escape is none, or the bytes are no UTF-8.
  static func decode(_ text: some StringProtocol) -> String? {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%") {
        guard let high = rest.popFirst().flatMap(hexadecimal), let low = rest.popFirst().flatMap(hexadecimal) else {
          return nil
        }
        bytes.append(high << 4 | low)
      } else {
        bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }

  /// The fields of a query or a form; nil where one cannot be decoded or stands twice.
  static func fields(_ text: some StringProtocol) -> [String: String]? {
    var fields: [String: String] = [:]
    for pair in text.split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = decode(parts[0]), let value = decode(parts.count == 2 ? parts[1] : ""), fields[name] == nil
      else {
        return nil
      }
      fields[name] = value
    }
    return fields
  }

  private static func hexadecimal(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
