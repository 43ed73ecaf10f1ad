// IapSettings: walks the tables of Keys+Settings.swift and keeps each leaf that a level writes. Refuses secrets, values
// that Google's API refuses, and re-authentication set in part.

extension PolicyReader {
  static let leastReauthenticationSeconds: UInt32 = 300

  mutating func settings(_ node: YAMLNode, _ keys: KeySet) -> [Setting] {
    guard let fields = fields(node, keys) else { return [] }
    noteUnapplied(fields)
    var result: [Setting] = []
    for entry in fields.entries {
      switch (entry.key.handling, entry.key.shape) {
      case (.setting(let field), _):
        guard let value = value(entry.value, entry.key.shape) else { continue }
        let setting = Setting(field: field, value: value, span: entry.value.span)
        result.append(checked(setting))
      case (.read, .object(let set)):
        result += settings(entry.value, set)
      default: break
      }
    }
    return result
  }

  private mutating func value(_ node: YAMLNode, _ shape: Key.Shape) -> Setting.Value? {
    switch shape {
    case .flag: flag(node).map { .flag($0.value) }
    case .list(.oneOf(let words)):
      list(node).map { items in .texts(items.compactMap { word($0, words) }) }
    case .list: texts(node).map { .texts($0) }
    case .object: reauthentication(node).map { .reauthentication($0) }
    default: text(node).map { .text($0.value) }
    }
  }

  // MARK: re-authentication

  private mutating func reauthentication(_ node: YAMLNode) -> Reauthentication? {
    guard let fields = fields(node, .reauthSettings) else { return nil }
    let method = fields["method"].flatMap { oneOf($0, in: fields, "method") }
    let type = fields["policyType"].flatMap { oneOf($0, in: fields, "policyType") }
    let policyType: Reauthentication.PolicyType = type?.value == "DEFAULT" ? .default : .minimum
    if method?.value == "METHOD_UNSPECIFIED" {
      reportMissing(["policyType"], in: fields, at: node)
      return type.map { _ in Reauthentication(method: nil, maxAgeSeconds: 0, policyType: policyType) }
    }
    reportMissing(["method", "maxAge", "policyType"], in: fields, at: node)
    let maxAge = fields["maxAge"].flatMap {
      durationSeconds($0, in: Self.leastReauthenticationSeconds...UInt32.max)
    }
    guard let method, let maxAge, type != nil else { return nil }
    return Reauthentication(
      method: Self.method(method.value), maxAgeSeconds: maxAge.value, policyType: policyType)
  }

  private mutating func oneOf(_ node: YAMLNode, in fields: Fields, _ name: String) -> Sourced<String>? {
    guard case .oneOf(let words)? = fields.keys.keys.first(where: { $0.name == name })?.shape else { return nil }
    return word(node, words)
  }

  private mutating func reportMissing(_ names: [String], in fields: Fields, at node: YAMLNode) {
    let missing = names.filter { fields[$0] == nil }
    guard !missing.isEmpty else { return }
    diagnostics.append(.incompleteReauthentication(missing: missing, at: node.head))
  }

  private static func method(_ word: String) -> ReauthenticationMethod {
    switch word {
    case "SECURE_KEY": .secureKey
    case "ENROLLED_SECOND_FACTORS": .enrolledSecondFactors
    default: .login
    }
  }

  // MARK: checks of one value

  private mutating func checked(_ setting: Setting) -> Setting {
    switch (setting.field, setting.value) {
    case (.allowedDomains, .texts(let texts)):
      var setting = setting
      setting.value = .texts(texts.compactMap { domain($0) })
      return setting
    case (.tenantIDs, .texts(let texts)): checkTenants(texts)
    case (.identitySources, .texts(let texts)), (.workforcePools, .texts(let texts)):
      if texts.count > 1 { diagnostics.append(.atMostOne(at: texts[1].span)) }
      if setting.field == .workforcePools { for text in texts { checkPool(text) } }
    case (.loginPageURI, .text(let text)), (.accessDeniedPageURI, .text(let text)):
      if !text.isEmpty { checkAddress(Sourced(text, at: setting.span)) }
    case (.programmaticClients, .texts(let texts)): reportRepeated(texts, what: "client")
    default: break
    }
    return setting
  }

  mutating func domain(_ text: Sourced<String>) -> Sourced<String>? {
    do { return Sourced(try HostName.domain(text.value), at: text.span) } catch {
      diagnostics.append(.malformedDomain(text.value, error, at: text.span))
      return nil
    }
  }

  /// Many tenants that start with a digit, or exactly one `_` and a project number (cloud-iap.md).
  mutating func checkTenants(_ texts: [Sourced<String>]) {
    reportRepeated(texts, what: "tenant")
    for text in texts {
      let bytes = text.value.utf8
      let isAgent = bytes.first == UInt8(ascii: "_")
      let isDigit: (UInt8) -> Bool = { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      let isWellFormed =
        isAgent ? bytes.count > 1 && bytes.dropFirst().allSatisfy(isDigit) : bytes.first.map(isDigit) ?? false
      if !isWellFormed || (isAgent && texts.count > 1) {
        diagnostics.append(.malformedTenant(text.value, isAlone: texts.count == 1, at: text.span))
      }
    }
  }

  mutating func checkPool(_ text: Sourced<String>) {
    if !Member.isPoolName(Self.poolName(text.value)) { diagnostics.append(.malformedPool(text.value, at: text.span)) }
  }

  /// A pool by its own name, however it is written.
  static func poolName(_ text: String) -> String { text.after("locations/global/workforcePools/") ?? text }

  mutating func checkAddress(_ text: Sourced<String>) {
    do { _ = try WebAddress(parsing: text.value, schemes: ["https"]) } catch {
      diagnostics.append(.malformedAddress(text.value, error, at: text.span))
    }
  }
}
