// Randomness of tests: SplitMix64, so that a printed seed makes the same requests on every machine for ever.

struct Random {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// Below `count`, which is at least 1; the bias of the remainder does not matter here.
  mutating func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }

  /// True in `percent` of a hundred.
  mutating func chance(_ percent: Int) -> Bool { below(100) < percent }

  /// One of `choices`, which is not empty.
  mutating func pick<Choice>(_ choices: [Choice]) -> Choice { choices[below(choices.count)] }
}
