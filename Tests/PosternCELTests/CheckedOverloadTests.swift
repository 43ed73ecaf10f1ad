// Which types functions, methods and operators take, and what they come to.

import PosternCEL
import Testing

@Suite("Overloads")
struct CheckedOverloadTests {
  @Test(
    "operators take the pairs of types that the language declares",
    arguments: [
      ("1 + 2", "int"), ("1u * 2u", "uint"), ("1.0 / 2.0", "double"), ("-1.5 - 2.0", "double"), ("7 % 2", "int"),
      ("'a' + 'b'", "string"), ("b'a' + b'b'", "bytes"), ("[1] + [2]", "list(int)"),
      ("[1] + ['a']", "`+` does not take list(int) and list(string)"),
      ("request.time + duration('1h')", "google.protobuf.Timestamp"),
      ("duration('1h') + request.time", "google.protobuf.Timestamp"),
      ("request.time - request.time", "google.protobuf.Duration"),
      ("request.time - duration('1h')", "google.protobuf.Timestamp"),
      ("1 < 2u && 1u >= 2.0 && 1.0 <= 2 && 2 > 1.5", "bool"), ("false < true", "bool"),
      ("1 in [1]", "bool"), ("'a' in {'a': 1}", "bool"), ("[1][0]", "int"), ("{'a': 1u}['a']", "uint"),
      ("anything + 1", "int"), ("anything == 1", "bool"), ("anything + anything", "dyn"), ("!anything", "bool"),
    ])
  func operators(text: String, type: String) {
    #expect(outcome(text) == type)
  }

  @Test(
    "what no overload takes is told with the types",
    arguments: [
      ("1 + 'a'", "`+` does not take int and string"), ("1 + 1u", "`+` does not take int and uint"),
      ("1 == 'a'", "`==` does not take int and string"), ("'a' < 1", "`<` does not take string and int"),
      ("1 == 1.0", "`==` does not take int and double"), ("!1", "`!` does not take int"),
      ("-1u", "`-` does not take uint"), ("true ? 1 : 'a'", "`? :` does not take bool and int and string"),
      ("1 in 1", "`in` does not take int and int"), ("'a' in [1]", "`in` does not take string and list(int)"),
      ("[1]['a']", "`[ ]` does not take list(int) and string"), ("size(1)", "no overload fits `size(int)`"),
      ("1.size()", "no overload fits `int.size()`"), ("'a'.startsWith(1)", "no overload fits `string.startsWith(int)`"),
      ("duration('1h').getFullYear()", "no overload fits `google.protobuf.Duration.getFullYear()`"),
      ("isIP(cidr('10.0.0.0/8'))", "no overload fits `isIP(net.CIDR)`"),
      ("math.greatest(1, 'a')", "no overload fits `math.greatest(int, string)`"),
      ("math.greatest('a')", "no overload fits `math.greatest(string)`"),
      ("math.least()", "no overload fits `math.least()`"),
      ("[1].join()", "no overload fits `list(int).join()`"), ("bool(1)", "no overload fits `bool(int)`"),
      ("optional.of(1).orValue('a')", "no overload fits `optional_type(int).orValue(string)`"),
    ])
  func refusals(text: String, message: String) {
    #expect(outcome(text) == message)
    #expect(checked(text).issues.map(\.kind) == [.overload])
  }

  @Test(
    "standard functions have their results",
    arguments: [
      ("size('a') + 'a'.size() + size([1]) + [1].size() + size({}) + {}.size() + size(b'') + b''.size()", "int"),
      ("int('1') + int(1u) + int(1.0) + int(request.time) + int(1)", "int"), ("uint(1) + uint('1')", "uint"),
      ("double('1') + double(1u)", "double"), ("string(1) + string(b'') + string(request.time)", "string"),
      ("bytes('a')", "bytes"), ("bool('true')", "bool"), ("timestamp('') - timestamp(0)", "google.protobuf.Duration"),
      ("duration('1s')", "google.protobuf.Duration"), ("dyn(1)", "dyn"),
      ("request.path.contains('a') && request.path.endsWith('b') && request.path.matches('c')", "bool"),
      ("matches('a', 'b')", "bool"), ("request.time.getFullYear() + request.time.getDayOfWeek('UTC')", "int"),
      ("duration('1h').getHours() + request.time.getHours()", "int"), ("anything.getHours()", "int"),
    ])
  func standardFunctions(text: String, type: String) {
    #expect(outcome(text) == type)
  }

  @Test(
    "extensions have their results",
    arguments: [
      ("'a'.charAt(0) + 'a'.lowerAscii() + 'a'.upperAscii() + 'a'.trim() + 'a'.reverse()", "string"),
      ("'a'.indexOf('a') + 'a'.indexOf('a', 1) + 'a'.lastIndexOf('a') + 'a'.lastIndexOf('a', 1)", "int"),
      ("'a'.replace('a', 'b') + 'a'.replace('a', 'b', 1) + 'a'.substring(1) + 'a'.substring(0, 1)", "string"),
      ("'a'.split(',') + 'a'.split(',', 2)", "list(string)"), ("['a'].join() + ['a'].join(',') + [].join()", "string"),
      ("'%d %s'.format([1, 'a']) + strings.quote('a')", "string"), ("request.path.extract('/{app}/')", "string"),
      ("math.greatest(1, 2, 3)", "int"), ("math.least(1, 2u)", "dyn"), ("math.greatest([1.0, 2.0])", "double"),
      ("math.greatest(1u)", "uint"), ("math.greatest(1, anything)", "dyn"), ("math.ceil(1.5) + math.sqrt(4)", "double"),
      ("math.abs(-1) + math.sign(1) + math.bitOr(1, 2) + math.bitShiftLeft(1, 2) + math.bitNot(1)", "int"),
      ("math.bitShiftRight(1u, 2)", "uint"), ("math.isNaN(1.0) || math.isInf(1.0) || math.isFinite(1.0)", "bool"),
      ("ip('::1')", "net.IP"), ("cidr('::/0')", "net.CIDR"), ("ip('::1').family()", "int"),
      ("ip('::1').isLoopback() && ip.isCanonical('::1') && isIP('') && ip('::1').isLinkLocalUnicast()", "bool"),
      ("cidr('::/0').containsIP('::1') && cidr('::/0').containsCIDR(cidr('::/1'))", "bool"),
      ("string(cidr('::/0').masked()) + string(cidr('::/0').ip())", "string"), ("cidr('::/0').prefixLength()", "int"),
      ("inIpRange(origin.ip, '10.0.0.0/8') && origin.ip.inIpRange(['10.0.0.0/8'])", "bool"),
      ("inIpRange(ip('10.0.0.1'), ['10.0.0.0/8'])", "bool"),
      ("base64.decode(base64.encode(b'a'))", "bytes"), ("optional.ofNonZeroValue('').hasValue()", "bool"),
      ("optional.of(1).value()", "int"), ("optional.unwrap([optional.of(1)])", "list(int)"),
      ("[optional.of('a'), optional.none()].unwrapOpt()", "list(string)"),
    ])
  func extensions(text: String, type: String) {
    #expect(outcome(text) == type)
  }

  @Test("a call tells every overload that its types leave open")
  func ambiguousCall() {
    let checking = checked("size(anything)")
    #expect(checking.overloads.values.map { $0 } == [["size_string", "size_bytes", "size_list", "size_map"]])
  }

  @Test("a call of known types tells its one overload")
  func preciseCall() {
    #expect(checked("count + 1").overloads.values.map { $0 } == [["add_int64"]])
  }

  @Test("a method is no function and a function no method, which the help shows")
  func callStyle() {
    #expect(outcome("startsWith('a', 'b')") == "no overload fits `startsWith(string, string)`")
    #expect(checked("startsWith('a', 'b')").issues.first?.help == "it takes `string.startsWith(string)`")
    #expect(checked("1.0.type()").issues.first?.help == "it takes `type(A)`")
  }

  @Test("a declared function is called like a standard one, and adds to the overloads of its name")
  func declaredFunctions() {
    let environment = CELEnvironment(functions: [
      "size": [CELEnvironment.Overload("size_int", [.int], .string)],
      "app.twice": [CELEnvironment.Overload("twice", [.parameter("T")], .list(.parameter("T")))],
    ])
    #expect(outcome("size(1) + string(size('a'))", in: environment) == "string")
    #expect(outcome("app.twice(app.twice(1))", in: environment) == "list(list(int))")
  }
}
