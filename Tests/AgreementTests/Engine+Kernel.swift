// The engines that must agree with the reference: add one here and every test of this folder runs it.

/// All engines but the reference.
enum Engines {
  static var candidates: [any Engine.Type] { [] }
}
