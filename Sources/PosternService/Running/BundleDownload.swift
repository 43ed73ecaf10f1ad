// A bundle from a server: asked for again and again, sent only when it is another one (RFC 9110, 13). Bounded in time and size; follows no
// redirect. Refuses addresses that anybody on the way could answer for; who made the bundle is the signature's to say.

internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1

/// Where a bundle is served.
struct BundleAddress: Sendable, Equatable {
  let url: String
  /// Without port and brackets.
  let host: String

  /// nil where it is neither `https://` with a host, nor `http://` with a host that is this machine.
  init?(_ text: String) {
    let parts = text.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), !text.contains("#") else {
      return nil
    }
    let authority = parts[1].prefix { $0 != "/" && $0 != "?" }
    // A password in a flag or in a log would be everybody's.
    if authority.contains("@") { return nil }
    guard let host = Self.host(authority), !host.isEmpty else { return nil }
    guard parts[0] == "https" || (parts[0] == "http" && Self.isLoopback(host)) else { return nil }
    url = text
    self.host = host
  }

  /// The host of `host`, `host:port` or `[address]:port`.
  private static func host(_ authority: Substring) -> String? {
    var rest = authority
    var host = authority.prefix { $0 != ":" }
    if authority.hasPrefix("[") {
      guard let end = authority.firstIndex(of: "]") else { return nil }
      host = authority[authority.index(after: authority.startIndex)..<end]
      rest = authority[authority.index(after: end)...]
    } else {
      rest = rest.dropFirst(host.count)
    }
    if rest.isEmpty { return host.lowercased() }
    guard rest.hasPrefix(":"), let port = Int(rest.dropFirst()), (1...65_535).contains(port) else { return nil }
    return host.lowercased()
  }

  private static func isLoopback(_ host: String) -> Bool {
    if host == "localhost" || host.hasSuffix(".localhost") { return true }
    guard let bytes = ClientAddress(host)?.bytes else { return false }
    return bytes.count == 4 ? bytes[0] == 127 : bytes == [UInt8](repeating: 0, count: 15) + [1]
  }
}

/// Asks a server for a bundle.
struct BundleDownload: Sendable {
  /// What a server says.
  enum Answer: Equatable {
    case unchanged
    /// `tag` is what the server knows these bytes by; nil where it does not say.
    case bytes([UInt8], tag: String?)
  }

  let address: BundleAddress
  let client: HTTPClient
  /// A file with the token that the server wants (RFC 6750, 2.1), read each time: what is put there next counts from then on.
  var tokenFile: String?
  /// Larger than any bundle that is served: a million apps take some hundred megabytes.
  var byteLimit = 1 << 30
  /// How long it may take as a whole.
  var timeoutSeconds: Int64 = 60

  /// What the server has, unless it is still what it knows by `tag`.
  func ask(unless tag: String?) async throws(LoadFault) -> Answer {
    var request = HTTPClientRequest(url: address.url)
    request.headers.add(name: "accept", value: "application/octet-stream")
    if let tag { request.headers.add(name: "if-none-match", value: tag) }
    if let token = try token() { request.headers.add(name: "authorization", value: "Bearer \(token)") }
    let deadline = NIODeadline.now() + .seconds(timeoutSeconds)
    do {
      let response = try await client.execute(request, deadline: deadline)
      if response.status == .notModified && tag != nil { return .unchanged }
      if response.status != .ok { throw LoadFault(description: "\(address.url) answered \(response.status.code)") }
      return .bytes(try await read(response, until: deadline), tag: response.headers.first(name: "etag"))
    } catch let fault as LoadFault {
      throw fault
    } catch {
      throw LoadFault(description: "\(address.url) cannot be read: \(error)")
    }
  }

  private func token() throws(LoadFault) -> String? {
    guard let tokenFile else { return nil }
    let token = FileAccess.read(tokenFile).map { String(decoding: $0, as: UTF8.self).trimmingLineEnd } ?? ""
    // What is no token would end the header, or say another.
    guard !token.isEmpty, token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw LoadFault(description: "\(tokenFile) holds no token")
    }
    return token
  }

  private func read(_ response: HTTPClientResponse, until deadline: NIODeadline) async throws -> [UInt8] {
    let stated = response.headers.first(name: "content-length").flatMap { Int($0) }
    var bytes: [UInt8] = []
    if let stated, stated <= byteLimit { bytes.reserveCapacity(stated) }
    for try await part in response.body {
      if stated ?? 0 > byteLimit || bytes.count + part.readableBytes > byteLimit {
        throw LoadFault(description: "\(address.url) is larger than \(byteLimit) bytes")
      }
      if NIODeadline.now() > deadline {
        throw LoadFault(description: "\(address.url) takes longer than \(timeoutSeconds) seconds")
      }
      bytes.append(contentsOf: part.readableBytesView)
    }
    return bytes
  }
}
