// Addresses and networks as text.

import PosternCEL
import Testing

@Suite("Texts of addresses")
struct AddressTextTests {
  @Test(
    "addresses are read, and written in their one canonical form (RFC 5952)",
    arguments: [
      ("192.168.0.1", "192.168.0.1"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"),
      ("::", "::"), ("::1", "::1"), ("1::", "1::"), ("2001:DB8::68", "2001:db8::68"),
      ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("2001:0db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
      ("1:0:0:2:0:0:0:3", "1:0:0:2::3"), ("fe80:0:0:0:0:0:0:0", "fe80::"), ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
      ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"), ("::ffff", "::ffff"),
    ])
  func canonical(text: String, written: String) throws {
    #expect(try #require(CELAddress(text: text)).text == written)
  }

  @Test(
    "what is no address, or one that could be read in two ways, is refused",
    arguments: [
      "", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.4 ", " 1.2.3.4", "1.2.3.+4", "1..2.3", "0x1.2.3.4",
      ":", ":::", "1:::2", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4::5:6:7:8", "12345::", "g::",
      ":1::",
      "1::2:", "1.2.3.4::", "::1.2.3.4:5", "::1.2.3", "fe80::1%en0", "::ffff:192.168.0.1", "::ffff:c0a8:1", "[::1]",
      "1.2.3.4/8",
    ])
  func refused(text: String) {
    #expect(CELAddress(text: text) == nil)
  }

  @Test(
    "networks are read with their prefix, whose bits beyond are kept",
    arguments: [
      ("10.0.0.1/8", "10.0.0.1/8"), ("2001:DB8::/32", "2001:db8::/32"), ("::/0", "::/0"), ("::1/128", "::1/128"),
    ])
  func networks(text: String, written: String) throws {
    #expect(try #require(CELNetwork(text: text)).text == written)
  }

  @Test(
    "what is no network is refused",
    arguments: [
      "10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/08", "10.0.0.0/+8", "10.0.0.0/-1", "::/129", "/8",
      "10.0.0.0/8/8",
      "fe80::1%en0/64", "::ffff:1.2.3.4/120", "10.0.0.0/255.0.0.0",
    ])
  func refusedNetworks(text: String) {
    #expect(CELNetwork(text: text) == nil)
  }
}
