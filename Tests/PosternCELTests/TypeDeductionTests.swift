// The types that the checker deduces.

import PosternCEL
import Testing

@Suite("Deduced types")
struct TypeDeductionTests {
  @Test(
    "a literal has its own type",
    arguments: [
      ("42", "int"), ("42u", "uint"), ("4.2", "double"), ("'test'", "string"), ("b'test'", "bytes"), ("true", "bool"),
      ("null", "null_type"), ("[1, 2]", "list(int)"), ("{'abc': 123}", "map(string, int)"),
    ])
  func literals(text: String, type: String) {
    #expect(outcome(text) == type)
  }

  @Test(
    "elements that differ make a list of dyn, and dyn absorbs",
    arguments: [
      ("[1, 'a']", "list(dyn)"), ("[1, dyn(2)]", "list(dyn)"), ("[dyn(1), 2]", "list(dyn)"),
      ("[[1], ['foo']]", "list(dyn)"), ("{1: 1, 'a': 1u}", "map(dyn, dyn)"), ("[[1], [dyn(2)]]", "list(list(dyn))"),
      ("[1, 2u, 3.0]", "list(dyn)"), ("{'a': [], 'b': [1]}", "map(string, list(int))"),
    ])
  func heterogeneousLiterals(text: String, type: String) {
    #expect(outcome(text) == type)
  }

  @Test(
    "an empty literal takes its type from what it meets, in whatever order, and is dyn where it meets nothing",
    arguments: [
      ("[]", "list(dyn)"), ("{}", "map(dyn, dyn)"), ("[[], [1]]", "list(list(int))"), ("[[1], []]", "list(list(int))"),
      ("[[], [[]], [[[]]], [[[[]]]]]", "list(list(list(list(list(dyn)))))"),
      ("[[[[[]]]], [], [[[]]]]", "list(list(list(list(list(dyn)))))"),
      ("([].map(x, x))[0].foo", "dyn"), ("[] + [1]", "list(int)"), ("true ? [] : ['a']", "list(string)"),
      ("[].map(x, x + 1)", "list(int)"),
    ])
  func freeTypes(text: String, type: String) {
    #expect(outcome(text) == type)
  }

  @Test(
    "optionals join by what they hold",
    arguments: [
      ("[optional.none(), optional.of(1)]", "list(optional_type(int))"),
      ("[optional.of(1), optional.of(dyn(1))]", "list(optional_type(dyn))"),
      ("[optional.of(dyn(1)), optional.of(1)]", "list(optional_type(dyn))"),
      ("true ? optional.of(dyn(1)) : optional.of(1)", "optional_type(dyn)"),
      ("[?optional.of(1), 2]", "list(int)"), ("{?'a': optional.of(1)}", "map(string, int)"),
      ("[?dyn(1)]", "list(dyn)"),
    ])
  func optionalJoins(text: String, type: String) {
    #expect(outcome(text) == type)
  }

  @Test(
    "a selection or an index on an optional stays optional",
    arguments: [
      ("{'a': 1}.?a", "optional_type(int)"), ("optional.of({'a': {'b': 1}}).a.b", "optional_type(int)"),
      ("[1][?0]", "optional_type(int)"), ("optional.of([1])[0]", "optional_type(int)"),
      ("{'a': 'b'}[?'a'].orValue('')", "string"), ("optional.of({'a': 1u})[?'a']", "optional_type(uint)"),
      ("optional.none().or(optional.of(1))", "optional_type(int)"), ("anything.?a.b", "optional_type(dyn)"),
      ("optional.of(1).optMap(x, string(x))", "optional_type(string)"),
    ])
  func optionalChains(text: String, type: String) {
    #expect(outcome(text) == type)
  }

  @Test(
    "null may stand for a time, an abstract type or a wrapper, and does not change what it joins",
    arguments: [
      ("[optional.of(1), null][0]", "optional_type(int)"), ("[null, optional.of(1)][0]", "optional_type(int)"),
      ("[duration('3s'), null][0]", "google.protobuf.Duration"),
      ("[null, timestamp(0)][0]", "google.protobuf.Timestamp"), ("[wrapped, null]", "list(wrapper(int))"),
      ("[1, wrapped]", "list(wrapper(int))"), ("[1, null]", "list(dyn)"), ("wrapped + 1", "int"),
      ("wrapped == null", "bool"),
    ])
  func nulls(text: String, type: String) {
    #expect(outcome(text) == type)
  }

  @Test(
    "each parameter of a declared type joins for itself",
    arguments: [
      ("[tuple(1, 2u, 3.0), tuple(dyn(1), dyn(2u), dyn(3.0))][0]", "tuple(dyn, dyn, dyn)"),
      ("[tuple(dyn(1), dyn(2u), dyn(3.0)), tuple(1, 2u, 3.0)][0]", "tuple(dyn, dyn, dyn)"),
      ("[tuple(1, dyn(2u), 3.0), tuple(dyn(1), 2u, 3.0)][0]", "tuple(dyn, dyn, double)"),
      ("tuple(1, 2u, 3.0) == tuple(1, dyn(2u), dyn(3.0))", "bool"), ("[tuple(1, 2, 3), tuple('', 2, 3)]", "list(dyn)"),
    ])
  func declaredParameters(text: String, type: String) {
    #expect(outcome(text, in: tupleEnvironment) == type)
  }

  @Test(
    "a macro's result follows its range and its transform",
    arguments: [
      ("[1, 2].all(x, x > 0)", "bool"), ("{'a': 1}.exists(k, k == 'a')", "bool"),
      ("{'a': 1}.exists(k, v, k == string(v))", "bool"), ("[1].filter(x, x > 0)", "list(int)"),
      ("{'a': 1}.filter(k, true)", "list(string)"), ("['a'].map(x, size(x))", "list(int)"),
      ("['a'].map(x, x != '', [x])", "list(list(string))"), ("['a'].transformList(i, v, i)", "list(int)"),
      ("['a'].transformMap(i, v, v)", "map(int, string)"), ("{'a': 1}.transformMap(k, v, 1.0)", "map(string, double)"),
      ("{'a': 1}.transformMapEntry(k, v, {v: k})", "map(int, string)"),
      ("anything.transformMapEntry(k, v, dyn(1))", "map(dyn, dyn)"), ("anything.map(x, x)", "list(dyn)"),
      ("cel.bind(x, 'a', [x, x])", "list(string)"),
    ])
  func macros(text: String, type: String) {
    #expect(outcome(text) == type)
  }

  @Test(
    "a type's name is a constant, and the type of a value is its type's",
    arguments: [
      ("int", "type(int)"), ("list", "type(list(dyn))"), ("type", "type(type(dyn))"), ("null_type", "type(null_type)"),
      ("google.protobuf.Timestamp", "type(google.protobuf.Timestamp)"), ("net.IP", "type(net.IP)"),
      ("optional_type", "type(optional_type(dyn))"), ("type(1)", "type(int)"), ("type(1) == string", "bool"),
      ("type(type(1)) == type", "bool"),
    ])
  func typeNames(text: String, type: String) {
    #expect(outcome(text) == type)
  }
}
