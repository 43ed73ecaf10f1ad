// The network extension and `inIpRange`.

import Testing

@testable import PosternCEL

@Suite("Network library")
struct NetworkLibraryTests {
  @Test(
    "addresses are read, written and told apart",
    arguments: cases(
      #"""
      isIP('10.0.0.1') => true
      isIP('2001:db8::1') => true
      isIP('10.0.0.256') => false
      isIP('10.0.0.1/8') => false
      isIP(1) => error
      string(ip('2001:DB8:0::68')) => '2001:db8::68'
      ip.isCanonical('2001:db8::68') => true
      ip.isCanonical('2001:DB8::68') => false
      ip.isCanonical('none') => error
      ip('10.0.0.1').family() => 4
      ip('::1').family() => 6
      ip('10.0.0.1') == ip('10.0.0.1') => true
      ip('::1') == ip('0:0::1') => true
      ip('::') == ip('0.0.0.0') => false
      ip('none') => error
      ip('::ffff:10.0.0.1') => error
      ip('fe80::1%en0') => error
      ip('010.0.0.1') => error
      type(ip('10.0.0.1')) == net.IP => true
      """#))
  func addresses(item: Case) throws { try expect(item) }

  @Test(
    "the kinds of addresses are those of the address registries",
    arguments: [
      ("0.0.0.0", "isUnspecified"), ("::", "isUnspecified"), ("127.0.0.1", "isLoopback"),
      ("127.255.255.255", "isLoopback"), ("::1", "isLoopback"), ("169.254.0.1", "isLinkLocalUnicast"),
      ("fe80::1", "isLinkLocalUnicast"), ("febf::1", "isLinkLocalUnicast"), ("224.0.0.251", "isLinkLocalMulticast"),
      ("ff02::1", "isLinkLocalMulticast"), ("ff12::1", "isLinkLocalMulticast"), ("10.0.0.1", "isGlobalUnicast"),
      ("8.8.8.8", "isGlobalUnicast"), ("2001:db8::1", "isGlobalUnicast"), ("fd00::1", "isGlobalUnicast"),
      ("fec0::1", "isGlobalUnicast"), ("128.0.0.1", "isGlobalUnicast"), ("::2", "isGlobalUnicast"),
      ("255.255.255.255", ""), ("224.0.1.1", ""), ("239.1.1.1", ""), ("ff05::1", ""), ("ff00::1", ""),
    ])
  func kinds(text: String, kind: String) throws {
    let names = ["isUnspecified", "isLoopback", "isLinkLocalUnicast", "isLinkLocalMulticast", "isGlobalUnicast"]
    for name in names {
      #expect(try evaluate("ip('\(text)').\(name)()") == .bool(name == kind), "\(name)")
    }
  }

  @Test(
    "ranges hold the addresses and ranges with their prefix",
    arguments: cases(
      #"""
      isCIDR('10.0.0.0/8') => true
      isCIDR('10.0.0.0') => false
      isCIDR('10.0.0.0/33') => false
      string(cidr('10.1.2.3/8')) => '10.1.2.3/8'
      cidr('10.1.2.3/8').masked() => cidr('10.0.0.0/8')
      cidr('10.1.2.3/8') == cidr('10.0.0.0/8') => false
      string(cidr('2001:db8:ffff::1/33').masked()) => '2001:db8:8000::/33'
      cidr('10.1.2.3/0').masked() => cidr('0.0.0.0/0')
      cidr('10.1.2.3/32').masked() => cidr('10.1.2.3/32')
      cidr('10.1.2.3/8').ip() => ip('10.1.2.3')
      cidr('10.1.2.3/8').prefixLength() => 8
      cidr('10.1.2.3/8').containsIP('10.255.0.1') => true
      cidr('10.0.0.0/8').containsIP(ip('11.0.0.0')) => false
      cidr('192.168.0.128/25').containsIP('192.168.0.127') => false
      cidr('192.168.0.128/25').containsIP('192.168.0.128') => true
      cidr('0.0.0.0/0').containsIP('::1') => false
      cidr('::/0').containsIP('10.0.0.1') => false
      cidr('::/0').containsIP('ffff::1') => true
      cidr('10.0.0.0/8').containsCIDR('10.1.0.0/16') => true
      cidr('10.0.0.0/8').containsCIDR(cidr('10.0.0.0/7')) => false
      cidr('10.0.0.0/8').containsCIDR('11.0.0.0/16') => false
      cidr('::/0').containsCIDR('10.0.0.0/8') => false
      cidr('10.0.0.0/8').containsIP('none') => error
      cidr('10.0.0.0/8').containsCIDR('10.0.0.0') => error
      cidr('10.0.0.0/8').containsIP(1) => error
      cidr('10.0.0.0/-1') => error
      cidr('10.0.0.0/08') => error
      cidr('::ffff:10.0.0.0/104') => error
      ip('10.0.0.1').containsIP('10.0.0.1') => error
      type(cidr('10.0.0.0/8')) == net.CIDR => true
      """#))
  func ranges(item: Case) throws { try expect(item) }

  @Test(
    "an address is in a range of a list where each of them is a range",
    arguments: cases(
      #"""
      inIpRange('10.1.2.3', ['192.168.0.0/16', '10.0.0.0/8']) => true
      inIpRange(ip('10.1.2.3'), ['192.168.0.0/16']) => false
      inIpRange(ip('10.1.2.3'), '10.0.0.0/8') => true
      inIpRange(ip('10.1.2.3'), [cidr('10.0.0.0/8')]) => true
      ip('10.1.2.3').inIpRange(['10.0.0.0/8']) => true
      inIpRange('2001:db8::1', ['10.0.0.0/8', '2001:db8::/32']) => true
      inIpRange('10.1.2.3', []) => false
      inIpRange('10.1.2.3', ['10.0.0.0/8', 'none']) => error
      inIpRange('10.1.2.3', ['none', '10.0.0.0/8']) => error
      inIpRange('10.1.2.3', ['10.1.2.3']) => true
      inIpRange('', ['10.0.0.0/8']) => error
      inIpRange(1, ['10.0.0.0/8']) => error
      inIpRange('10.1.2.3', [1]) => error
      """#))
  func lists(item: Case) throws { try expect(item) }

  @Test("a range holds an address exactly where their first bits are the same (seed 5)")
  func prefixesAgree() {
    var generator = SeededGenerator(seed: 5)
    for _ in 0..<3000 {
      let count = Bool.random(using: &generator) ? 4 : 16
      let first = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
      var second = first
      let changed = Int.random(in: 0..<(count * 8), using: &generator)
      second[changed / 8] ^= 0x80 >> UInt8(changed % 8)
      let prefixLength = Int.random(in: 0...(count * 8), using: &generator)
      let range = CELNetwork(address: CELAddress(bytes: first), prefixLength: prefixLength)
      #expect(range.contains(CELAddress(bytes: second)) == (changed >= prefixLength))
      #expect(range.masked.contains(CELAddress(bytes: first)))
    }
  }

  @Test("every address that is written is read back as itself, unless it is an IPv4-mapped one (seed 6)")
  func textsRoundTrip() {
    var generator = SeededGenerator(seed: 6)
    for _ in 0..<3000 {
      let count = Bool.random(using: &generator) ? 4 : 16
      let isZeroed = UInt16.random(in: 0...UInt16.max, using: &generator)
      let bytes = (0..<count).map { isZeroed >> $0 & 1 == 0 ? 0 : UInt8.random(in: 0...255, using: &generator) }
      let address = CELAddress(bytes: bytes)
      #expect(CELAddress(text: address.text) == (address.isMapped ? nil : address))
    }
  }
}
