// One side of a review: a policy that was read, and the bundle that was compiled from it, whose kernel has the last word.
// Refuses nothing; what it is made of has passed every check.

public import PosternCompiler
public import PosternLanguage

/// A policy with the bundle that decides for it, and maybe for apps that the policy does not hold.
public struct ReviewSide {
  /// The policy as it was read.
  public let policy: Policy
  /// Its bundle.
  public let bundle: OpenBundle

  /// - Parameters:
  ///   - policy: a policy that `Compiler.check` finds no errors in.
  ///   - bundle: what `Compiler.compile` makes of it, opened.
  public init(policy: Policy, bundle: OpenBundle) {
    self.policy = policy
    self.bundle = bundle
  }
}
