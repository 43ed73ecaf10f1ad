// Two bundles that hold their trees, without reading those whole: what is written alike is left out where the kernel reads the same of
// it in both bundles, record by record, and what is left must come to what the kernel reads of that. Refuses what it cannot prove so;
// then the trees are read.

public import PosternCompiler
internal import PosternLanguage

extension ReviewSide {
  /// The sides of two bundles, their policies without the apps that are proved to be the same; nil where that is not proved, and
  /// both trees must be read.
  public static func changed(old: OpenBundle, new: OpenBundle) -> (old: ReviewSide, new: ReviewSide)? {
    guard let oldFiles = old.sourceFiles, let newFiles = new.sourceFiles,
      let trees = ChangedTrees(
        old: oldFiles, new: newFiles, keepsFolders: old.hasDenyRules || new.hasDenyRules),
      let oldPolicy = policy(trees.old), let newPolicy = policy(trees.new)
    else { return nil }
    // Of those apps the policies have everything to say; of all others the bundles say the same.
    let names = Set((oldPolicy.apps + newPolicy.apps).map(\.name.value))
    guard var both = BundleAgreement(old, new), both.agreesOnClients, both.agrees(on: .allBut(names)),
      isTold(old, by: oldPolicy, names), isTold(new, by: newPolicy, names)
    else { return nil }
    return (ReviewSide(policy: oldPolicy, bundle: old), ReviewSide(policy: newPolicy, bundle: new))
  }

  /// A policy without mistakes; nil also where it has guards, which are about every app.
  static func policy(_ files: [SourceFile]) -> Policy? {
    guard let policy = Policy.read(files: files).policy, policy.organization.guards.isEmpty,
      !Compiler.check(policy).contains(where: { $0.severity == .error })
    else { return nil }
    return policy
  }

  /// Whether the bundle decides for those apps as the policy does.
  private static func isTold(_ bundle: OpenBundle, by policy: Policy, _ names: Set<String>) -> Bool {
    guard var agreement = BundleAgreement(OpenBundle(compiling: policy), bundle) else { return false }
    return agreement.agrees(on: .only(names))
  }
}
