// What posternd is told: by flags, then by the environment, then by a file of JSON. Refuses what it does not know, and says where each
// mistake is; secrets come from the environment or from files, never from flags.

internal import Configuration
internal import Logging
internal import SystemPackage

/// Everything that is wrong with a configuration.
struct ConfigurationFault: Error, Equatable {
  let mistakes: [String]
}

/// What posternd is told.
struct GateConfiguration: Sendable {
  struct Listener: Sendable, Equatable {
    enum Kind: Sendable, Equatable {
      case proxy(ProxyDialect)
      case envoyGRPC

      /// The kind of a name in the setting.
      init?(_ name: String) {
        if name == Self.envoyGRPCName {
          self = .envoyGRPC
        } else if let dialect = ProxyDialect(rawValue: name) {
          self = .proxy(dialect)
        } else {
          return nil
        }
      }

      private static let envoyGRPCName = "envoy-grpc"
      static let names = ProxyDialect.allCases.map(\.rawValue) + [envoyGRPCName]
    }

    var kind: Kind
    var address: ListenAddress
  }

  /// Where bundles come from.
  enum Bundle: Sendable, Equatable {
    case file(String)
    case server(BundleAddress)
  }

  var bundle = Bundle.file("")
  /// How often a server is asked.
  var bundlePollSeconds = 30
  var bundleTokenFile: String?
  var verificationKeyFile: String?
  var allowsUnsigned = false
  var loginHost = ""
  var publicPort = 443
  var listeners: [Listener] = []
  var trustedHops = 0
  var trustedPeers = TrustedPeers(ranges: TrustedPeers.usual.compactMap(AddressRange.init))
  /// By the app's name.
  var apps: [String: ListenAddress] = [:]
  var decisionsFile: String?
  var operations: ListenAddress?
  var stateFolder = "/var/lib/postern"
  /// nil: nobody administers sessions.
  var adminSocket: String?
  var store = StoreConfiguration.memory
  var storeRetentionDays = SessionRetention.days
  var trustedRootsFile: String?
  var threadCount: Int?
  var logLevel = Logger.Level.info
  /// Asked once the bundle says which providers there are.
  let reader: ConfigReader
}

extension GateConfiguration {
  /// Reads what flags (without the program's name), environment and file say.
  ///
  /// - Throws: every mistake, in the order of the settings.
  static func read(
    arguments: [String], environment: [String: String], file: String?
  ) async throws(ConfigurationFault) -> GateConfiguration {
    let secrets = Setting.all.filter { $0.isSecret && arguments.contains(where: $0.isFlag) }
    if !secrets.isEmpty {
      throw ConfigurationFault(
        mistakes: secrets.map {
          "\($0.flag): everybody on the machine can read flags; write \($0.environmentName), or name a file"
        })
    }
    var providers: [any ConfigProvider] = [
      CommandLineArgumentsProvider(arguments: ["posternd"] + arguments),
      EnvironmentVariablesProvider(environmentVariables: environment).prefixKeys(with: "posternd"),
    ]
    if let file {
      do {
        providers.append(try await FileProvider<JSONSnapshot>(filePath: FilePath(file)))
      } catch {
        throw ConfigurationFault(mistakes: ["\(file): cannot be read as JSON"])
      }
    }
    var reading = ConfigurationReading(reader: ConfigReader(providers: providers))
    let configuration = reading.configuration()
    if !reading.mistakes.isEmpty { throw ConfigurationFault(mistakes: reading.mistakes) }
    return configuration
  }

  /// What is said of a provider of the bundle.
  func settings(ofProvider name: String) throws(ConfigurationFault) -> ProviderSettings {
    var reading = ConfigurationReading(reader: reader)
    let settings = reading.provider(name)
    if !reading.mistakes.isEmpty { throw ConfigurationFault(mistakes: reading.mistakes) }
    return settings
  }
}

extension GateConfiguration {
  /// The secret of an OAuth client of the bundle; nil where it has none.
  func secret(ofClient id: String) throws(ConfigurationFault) -> String? {
    var reading = ConfigurationReading(reader: reader)
    let secret = reading.secret(reader.scoped(to: ConfigKey(["oauthClients", id])), "oauthClients.\(id)")
    if !reading.mistakes.isEmpty { throw ConfigurationFault(mistakes: reading.mistakes) }
    return secret
  }
}

/// Reads settings and gathers what is wrong with them.
struct ConfigurationReading {
  let reader: ConfigReader
  var mistakes: [String] = []

  init(reader: ConfigReader) { self.reader = reader }

  mutating func configuration() -> GateConfiguration {
    var configuration = GateConfiguration(reader: reader)
    configuration.bundle = bundle()
    configuration.bundlePollSeconds = number("bundle.pollSeconds", default: 30)
    if !(1...86_400).contains(configuration.bundlePollSeconds) {
      mistakes.append("bundle.pollSeconds: a number of seconds, from 1 to 86400")
    }
    configuration.bundleTokenFile = reader.string(forKey: "bundle.tokenFile")
    configuration.verificationKeyFile = reader.string(forKey: "bundle.verificationKeyFile")
    configuration.allowsUnsigned = reader.bool(forKey: "bundle.allowUnsigned", default: false)
    configuration.loginHost = required("login.host").lowercased()
    configuration.publicPort = reader.int(forKey: "public.port", default: 443)
    configuration.listeners = listeners()
    configuration.trustedHops = reader.int(forKey: "trustedHops", default: 0)
    configuration.trustedPeers = trustedPeers()
    configuration.apps = apps()
    configuration.decisionsFile = reader.string(forKey: "decisions.file")
    configuration.operations = reader.string(forKey: "operations.listener").flatMap {
      address($0, "operations.listener")
    }
    configuration.stateFolder = reader.string(forKey: "state.folder", default: configuration.stateFolder)
    let socket = reader.string(forKey: "admin.socket", default: "\(configuration.stateFolder)/admin.sock")
    configuration.adminSocket = socket == "none" ? nil : socket
    configuration.trustedRootsFile = reader.string(forKey: "tls.trustedRootsFile")
    configuration.store = store(
      stateFolder: configuration.stateFolder, trustedRootsFile: configuration.trustedRootsFile)
    configuration.storeRetentionDays = number("store.retentionDays", default: SessionRetention.days)
    if !(1...36_500).contains(configuration.storeRetentionDays) {
      mistakes.append("store.retentionDays: a number of days, from 1 to 36500")
    }
    configuration.threadCount = reader.int(forKey: "threads")
    let level = reader.string(forKey: "log.level", default: "info")
    if let known = Logger.Level(rawValue: level) {
      configuration.logLevel = known
    } else {
      mistakes.append("log.level: there is no level `\(level)`")
    }
    if configuration.verificationKeyFile == nil && !configuration.allowsUnsigned {
      mistakes.append("bundle.verificationKeyFile: bundles are signed; name the key, or set bundle.allowUnsigned")
    }
    if configuration.trustedHops < 0 { mistakes.append("trustedHops: a number from 0 on") }
    return configuration
  }

  private mutating func bundle() -> GateConfiguration.Bundle {
    guard let url = reader.string(forKey: "bundle.url") else {
      if let path = reader.string(forKey: "bundle.file"), !path.isEmpty { return .file(path) }
      mistakes.append("bundle.file: must be set (--bundle-file, POSTERND_BUNDLE_FILE), or bundle.url instead")
      return .file("")
    }
    if reader.string(forKey: "bundle.file") != nil {
      mistakes.append("bundle.url: bundle.file is set too; there is one bundle")
    }
    if let address = BundleAddress(url) { return .server(address) }
    mistakes.append("bundle.url: `\(url)` is no https:// URL, nor an http:// URL of this machine")
    return .file("")
  }

  mutating func required(_ key: String) -> String {
    if let value = reader.string(forKey: ConfigKey(stringLiteral: key)), !value.isEmpty { return value }
    let setting = Setting.all.first { $0.key == key }
    mistakes.append("\(key): must be set (\(setting?.flag ?? ""), \(setting?.environmentName ?? ""))")
    return ""
  }

  /// What is written but is neither true nor false is a mistake, and no default.
  mutating func flag(_ key: String) -> Bool {
    let name = ConfigKey(stringLiteral: key)
    if let value = reader.bool(forKey: name) { return value }
    if reader.string(forKey: name) != nil || reader.int(forKey: name) != nil {
      mistakes.append("\(key): true or false")
    }
    return false
  }

  mutating func number(_ key: String, default standard: Int) -> Int {
    let name = ConfigKey(stringLiteral: key)
    if let value = reader.int(forKey: name) { return value }
    if reader.string(forKey: name) != nil || reader.bool(forKey: name) != nil {
      mistakes.append("\(key): a whole number")
    }
    return standard
  }

  private mutating func listeners() -> [GateConfiguration.Listener] {
    let texts = reader.stringArray(forKey: "listeners", default: [])
    if texts.isEmpty { mistakes.append("listeners: at least one, as nginx=unix:/run/postern/nginx.sock") }
    return texts.compactMap { text in
      let parts = text.split(separator: "=", maxSplits: 1)
      guard parts.count == 2, let kind = GateConfiguration.Listener.Kind(String(parts[0])) else {
        let known = GateConfiguration.Listener.Kind.names.joined(separator: ", ")
        mistakes.append("listeners: `\(text)` names no proxy; there are \(known)")
        return nil
      }
      return address(String(parts[1]), "listeners").map { .init(kind: kind, address: $0) }
    }
  }

  private mutating func trustedPeers() -> TrustedPeers {
    var ranges: [AddressRange] = []
    for text in reader.stringArray(forKey: "trustedPeers", default: TrustedPeers.usual) {
      if let range = AddressRange(text) {
        ranges.append(range)
      } else {
        mistakes.append("trustedPeers: `\(text)` is no address, and no range of them; write 10.0.0.7 or 10.0.0.0/8")
      }
    }
    return TrustedPeers(ranges: ranges)
  }

  private mutating func apps() -> [String: ListenAddress] {
    var apps: [String: ListenAddress] = [:]
    for text in reader.stringArray(forKey: "apps", default: []) {
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      if parts.count != 2 {
        mistakes.append("apps: `\(text)` is no app with an address; write payroll=127.0.0.1:8080")
      } else if let address = address(parts[1], "apps"), apps.updateValue(address, forKey: parts[0]) != nil {
        mistakes.append("apps: `\(parts[0])` stands there twice")
      }
    }
    return apps
  }

  private mutating func address(_ text: String, _ key: String) -> ListenAddress? {
    if let address = ListenAddress(text) { return address }
    mistakes.append("\(key): `\(text)` is no address; write unix:/a/path or 127.0.0.1:8180")
    return nil
  }

  /// `clientSecret`, or what is in the file `clientSecretFile`.
  mutating func secret(_ scope: ConfigReader, _ place: String) -> String? {
    guard let file = scope.string(forKey: "clientSecretFile") else {
      return scope.string(forKey: "clientSecret", isSecret: true)
    }
    guard let bytes = FileAccess.read(file) else {
      mistakes.append("\(place).clientSecretFile: \(file) cannot be read")
      return nil
    }
    return String(decoding: bytes, as: UTF8.self).trimmingLineEnd
  }

  mutating func provider(_ name: String) -> ProviderSettings {
    let scope = reader.scoped(to: ConfigKey(["providers", name]))
    var settings = ProviderSettings()
    settings.clientSecret = secret(scope, "providers.\(name)")
    settings.scopes = scope.stringArray(forKey: "scopes", default: settings.scopes)
    let claim = scope.string(forKey: "groupsClaim", default: "groups")
    settings.groupsClaim = claim == "none" ? nil : claim
    settings.vouchesForEmails = scope.bool(forKey: "vouchesForEmails", default: false)
    settings.secondFactorMethods = Set(scope.stringArray(forKey: "secondFactorMethods", default: []))
    settings.securityKeyMethods = Set(scope.stringArray(forKey: "securityKeyMethods", default: []))
    return settings
  }
}

extension String {
  /// Without the line's end that editors leave.
  var trimmingLineEnd: String {
    var text = self
    while let last = text.unicodeScalars.last, last == "\n" || last == "\r" { text.unicodeScalars.removeLast() }
    return text
  }
}
