// An app's effective settings, each with the file and line that it comes from: what no level hides behind another.

package import PosternLanguage

extension App {
  /// The settings that are in force, in the order of the language's pages.
  package func effectiveSettings(files: [SourceFile]) -> [Inspection.Setting] {
    var settings = SettingList(files: files)
    settings.add("absoluteTimeout", session.absoluteTimeout) { $0.text }
    settings.add("idleTimeout", session.idleTimeout) { $0.text }
    settings.add("revalidate", session.revalidate) { $0.text }
    settings.add("onStateUnavailable", session.onStateUnavailable) { $0.text }
    settings.add("onStoreUnavailable", session.onStoreUnavailable) { $0.text }
    for path in session.activityExclude { settings.add("activity.exclude", path) { $0 } }
    settings.add("programmatic.maxAge", session.programmaticMaxAge) { $0.text }
    settings.add("loginHint", access.loginHint) { $0 }
    settings.add("clientId", access.oauthClientID) { $0 }
    for client in access.programmaticClients { settings.add("programmaticClients", client) { $0 } }
    settings.add("allowHttpOptions", access.allowHTTPOptions) { "\($0)" }
    settings.add("reauthSettings", access.reauthentication) { $0.text }
    settings.add("allowedDomains", access.allowedDomains) { $0.joined(separator: ", ") }
    for tenant in access.tenantIDs { settings.add("tenantIds", tenant) { $0 } }
    settings.add("loginPageUri", access.loginPageURI) { $0 }
    settings.add("accessDeniedPageUri", application.accessDeniedPageURI) { $0 }
    settings.add("rctokenAudience", application.rctokenAudience) { $0 }
    if let propagation = application.attributePropagation?.value {
      settings.add("attributePropagation", propagation.expression) { _ in propagation.text }
    }
    for origin in corsOrigins { settings.add("cors.origins", origin) { $0 } }
    return settings.settings
  }
}

/// Collects settings with their places.
private struct SettingList {
  let files: [SourceFile]
  var settings: [Inspection.Setting] = []

  mutating func add<Value>(_ name: String, _ setting: Sourced<Value>?, text: (Value) -> String) {
    guard let setting else { return }
    let index = Int(setting.span.fileIndex)
    let path = files.indices.contains(index) ? files[index].path : nil
    let place = path.map { "\($0):\(setting.span.startLine):\(setting.span.startColumn)" }
    settings.append(Inspection.Setting(name: name, value: text(setting.value), place: place))
  }
}

extension Limit {
  /// The limit as policies write it.
  package var text: String {
    switch self {
    case .none: "none"
    case .seconds(let seconds): Wording.duration(seconds: seconds)
    }
  }
}

extension Unavailability {
  fileprivate var text: String {
    switch self {
    case .deny: "deny"
    case .allowFor(let seconds): "allowFor \(Wording.duration(seconds: seconds))"
    }
  }
}

extension Propagation {
  /// The attributes themselves are shown as the bundle has them.
  fileprivate var text: String {
    let count = "\(attributes.count) attribute\(attributes.count == 1 ? "" : "s")"
    return "\(count) in \(outputs.map(\.name).joined(separator: ", "))"
  }
}

extension Reauthentication {
  fileprivate var text: String {
    guard let method else { return "off" }
    return "\(method) within \(Wording.duration(seconds: maxAgeSeconds))"
  }
}
