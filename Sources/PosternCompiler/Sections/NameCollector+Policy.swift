// What a policy names: its members, and the tenants, clients and allowed domains of its apps and providers.

internal import PosternKernel
internal import PosternLanguage

/// The numbers of workforce pools and of the attributes that their members are known by.
struct PoolNumbers {
  private var pools: [Run: UInt16] = [:]
  private var attributes: [Run: UInt16] = [:]
  private var keys = ConsPool<UInt8>()
  /// The claims' names, in the order of their slots.
  private(set) var attributeNames: [[UInt8]] = []
  private(set) var ofProvider: [UInt16] = []

  var poolCount: Int { pools.count }

  init(_ policy: Policy) {
    var poolKeys: Set<Run> = []
    var attributeKeys: Set<Run> = []
    for member in policy.members {
      if let pool = member.poolName { poolKeys.insert(keys.cons(pool.utf8)) }
      if case .poolAttribute(_, let name, _) = member { attributeKeys.insert(keys.cons(name.utf8)) }
    }
    for provider in policy.providers {
      if let pool = provider.pool { poolKeys.insert(keys.cons(pool.utf8)) }
    }
    pools = number(poolKeys)
    attributes = number(attributeKeys)
    attributeNames = attributes.sorted { $0.value < $1.value }.map { [UInt8](keys.elements[$0.key.range]) }
    for provider in policy.providers {
      ofProvider.append(provider.pool.map { pool(named: $0) } ?? BundleFormat.noPool)
    }
  }

  /// Numbers texts by their bytes.
  private func number(_ texts: Set<Run>) -> [Run: UInt16] {
    let sorted = texts.sorted { keys.precedes($0, $1) }
    return Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($0.element, UInt16($0.offset)) })
  }

  mutating func pool(named name: String) -> UInt16 { pools[keys.cons(name.utf8)] ?? BundleFormat.noPool }
  mutating func attribute(named name: String) -> UInt16 { attributes[keys.cons(name.utf8)] ?? 0 }
}

extension Member {
  /// The workforce pool of a pool's member.
  var poolName: String? {
    switch self {
    case .poolSubject(let pool, _), .poolGroup(let pool, _), .poolAttribute(let pool, _, _), .pool(let pool): pool
    default: nil
    }
  }
}

extension NameCollector {
  /// Adds a member; nil for those that are no name.
  mutating func add(_ member: Member, numbers: inout PoolNumbers, strings: inout ConsPool<UInt8>) -> UInt32? {
    let pool = member.poolName.map { numbers.pool(named: $0) } ?? 0
    switch member {
    case .allUsers, .deleted: return nil
    case .allAuthenticatedUsers: return add(.authenticated, Run(), in: strings)
    case .user(let email): return add(.user, strings.append(email.utf8), in: strings)
    case .serviceAccount(let email): return add(.serviceAccount, strings.append(email.utf8), in: strings)
    case .group(let email): return add(.group, strings.append(email.utf8), in: strings)
    case .domain(let domain): return add(.domain, strings.append(domain.utf8), in: strings)
    case .poolSubject(_, let subject): return add(.poolSubject, strings.append(subject.utf8), pool: pool, in: strings)
    case .poolGroup(_, let group): return add(.poolGroup, strings.append(group.utf8), pool: pool, in: strings)
    case .poolAttribute(_, let name, let value):
      let slot = numbers.attribute(named: name)
      return add(.poolAttribute, strings.append(value.utf8), pool: pool, attributeSlot: slot, in: strings)
    case .pool: return add(.pool, Run(), pool: pool, in: strings)
    }
  }

  /// Adds names that are written out, as tenants are.
  mutating func add(
    _ kind: NameKind, _ texts: some Sequence<String>, strings: inout ConsPool<UInt8>
  ) -> [UInt32] {
    texts.map { text in
      let run = strings.cons(text.utf8)
      return add(kind, run, in: strings)
    }
  }
}

/// The handles of the names that apps and providers refer to, in flat arrays.
struct ReferredNames {
  struct OfApp {
    var audience: UInt32
    var tenants: Range<Int>
    var clients: Range<Int>
    var domains: Range<Int>
  }

  private(set) var handles: [UInt32] = []
  private(set) var apps: [OfApp] = []
  private(set) var providerTenants: [Range<Int>] = []

  init(_ policy: Policy, collector: inout NameCollector, strings: inout ConsPool<UInt8>) {
    for provider in policy.providers {
      providerTenants.append(add(.tenant, provider.tenantIDs.lazy.map(\.value), &collector, &strings))
    }
    apps.reserveCapacity(policy.apps.count)
    for app in policy.apps {
      let audience = collector.add(.client, CollectionOfOne(app.audience), strings: &strings)
      apps.append(
        OfApp(
          audience: audience[0],
          tenants: add(.tenant, app.access.tenantIDs.lazy.map(\.value), &collector, &strings),
          clients: add(.client, app.access.programmaticClients.lazy.map(\.value), &collector, &strings),
          domains: add(.allowedDomain, app.access.allowedDomains?.value ?? [], &collector, &strings)))
    }
  }

  private mutating func add(
    _ kind: NameKind, _ texts: some Sequence<String>, _ collector: inout NameCollector, _ strings: inout ConsPool<UInt8>
  ) -> Range<Int> {
    let start = handles.count
    handles += collector.add(kind, texts, strings: &strings)
    return start..<handles.count
  }
}
