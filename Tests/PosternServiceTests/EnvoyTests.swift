// Envoy's gRPC messages: what is believed of them, and what Envoy is told.

import EnvoyAuthorization
import Foundation
import Testing

@testable import PosternService

@Suite("Envoy over gRPC")
struct EnvoyTests {
  private static func context(
    _ headers: [(String, String)] = [], change: (inout Envoy_Service_Auth_V3_AttributeContext) -> Void = { _ in }
  ) -> Envoy_Service_Auth_V3_AttributeContext {
    var context = Envoy_Service_Auth_V3_AttributeContext()
    context.source.address.socketAddress.address = "192.0.2.7"
    context.request.http.method = "GET"
    context.request.http.scheme = "https"
    context.request.http.host = "wiki.example.com"
    context.request.http.path = "/a%20b?c=d?e"
    let lines = [(":path", "/a%20b?c=d?e"), ("x-forwarded-host", "other.example.com")] + headers
    context.request.http.headerMap.headers = lines.map { name, value in
      var header = Envoy_Service_Auth_V3_HeaderValue()
      header.key = name
      header.rawValue = Data(value.utf8)
      return header
    }
    change(&context)
    return context
  }

  @Test("each field becomes the client's, and neither pseudo-headers nor forwarding headers do")
  func fields() throws {
    let client = try ClientRequest(Self.context([("accept", "text/html"), ("cookie", "a=1"), ("cookie", "b=2")]))
    #expect(client.method == "GET")
    #expect(client.scheme == "https")
    #expect(client.host == "wiki.example.com")
    #expect(client.path == "/a%20b")
    #expect(client.query == "c=d?e")
    #expect(client.clientAddress == "192.0.2.7")
    #expect(client.headers == Headers([("accept", "text/html"), ("cookie", "a=1"), ("cookie", "b=2")]))
  }

  @Test("a field that is missing is refused")
  func missing() {
    let fields: [WritableKeyPath<Envoy_Service_Auth_V3_AttributeContext, String>] = [
      \.request.http.method, \.request.http.scheme, \.request.http.host, \.request.http.path,
      \.source.address.socketAddress.address,
    ]
    for field in fields {
      #expect(throws: WireFault.self) { try ClientRequest(Self.context { $0[keyPath: field] = "" }) }
    }
  }

  @Test("headers that are joined or disguised are refused")
  func headers() {
    #expect(throws: WireFault.missing("header_map (encode_raw_headers)")) {
      try ClientRequest(Self.context { $0.request.http.headerMap.headers = [] })
    }
    #expect(throws: WireFault.disguised("x-goog_iap-jwt-assertion")) {
      try ClientRequest(Self.context([("x-goog_iap-jwt-assertion", "forged")]))
    }
  }
}
