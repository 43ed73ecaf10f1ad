// `postern import`: from exported Cloud IAP configuration to a policy tree. Writes only where nothing stands, and only where
// every input could be read.

internal import ArgumentParser
internal import PosternImport
internal import PosternLanguage

struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Writes a policy tree from exported Cloud IAP configuration.",
    discussion: """
      Takes what gcloud exports (IAM policies, IapSettings, deny policies), what `terraform show -json` prints, and \
      manifests of Config Connector, as YAML or JSON: files, folders, or - for standard input. An exported IAM policy does \
      not say whose it is: its file's name does, as in finance/payroll.iam.yaml, finance/payroll/iam.yaml, \
      finance/folder.iam.yaml and organization.iam.yaml, or --app.

      The report tells of every resource whether the tree has all of it, and names each field that it does not have. What \
      exports do not say is taken from options, or left as a place to fill in, which `postern check` refuses at its line. \
      The tree is checked when it is written, and its mistakes are told on standard error.

      EXAMPLES:
        gcloud iap web get-iam-policy --resource-type=backend-services --service=payroll > payroll.iam.yaml
        gcloud iap settings get --project=p --resource-type=compute --service=payroll > payroll.settings.yaml
        postern import payroll.iam.yaml payroll.settings.yaml --output policies \\
            --organization example.com --host payroll=payroll.example.com/ \\
            --provider name=workspace,source=workspace,issuer=https://accounts.google.com,clientID=gate,domains=example.com \\
            --session absoluteTimeout=8h,idleTimeout=1h,revalidate=2m
        terraform show -json plan.out | postern import - --output policies --format json
        kubectl get iampolicies,iapsettings -o yaml | postern import - --output policies

      EXIT STATUS: 0 everything is carried over (the tree may still have places to fill in), 2 something is not, 3 an \
      input cannot be read and nothing is written, 1 nothing could be written.
      """)

  enum Format: String, CaseIterable, ExpressibleByArgument { case text, json }

  @Argument(help: ArgumentHelp("Files, folders, or - for standard input.", valueName: "input"))
  var inputs: [String] = []

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The folder to write; it must be empty or absent.", valueName: "folder"))
  var output: String

  @Option(help: "The form of the report.")
  var format = Format.text

  @Option(
    help: ArgumentHelp(
      "Whose a file's IAM policy or settings are: an app, `folder` in one, or `organization`.",
      valueName: "finance/payroll=file"))
  var app: [PairArgument] = []

  @Option(
    help: ArgumentHelp(
      "Where a resource stands in the tree: a project, a folder of Google's, a service.",
      valueName: "projects/12=finance"))
  var place: [PairArgument] = []

  @Option(help: ArgumentHelp("The project of Terraform's resources whose plan does not know it.", valueName: "project"))
  var project: String?

  @Option(help: ArgumentHelp("The organization's domain.", valueName: "domain"))
  var organization: String?

  @Option(
    help: ArgumentHelp(
      "A login provider by the keys of docs/language.md; several domains are several keys.",
      valueName: "name=...,issuer=..."))
  var provider: [FieldsArgument] = []

  @Option(help: ArgumentHelp("The providers of every app, where there are several.", valueName: "name,..."))
  var providers: String?

  @Option(help: ArgumentHelp("A route of an app; several for one app are several options.", valueName: "app=host/path"))
  var host: [PairArgument] = []

  @Option(
    help: ArgumentHelp("The timers of every app.", valueName: "absoluteTimeout=8h,..."))
  var session: FieldsArgument?

  func validate() throws {
    if inputs.isEmpty && app.isEmpty { throw ValidationError("say what to import: files, folders, or -") }
    if provider.contains(where: { $0.fields.contains { $0.key.lowercased().contains("secret") } }) {
      throw ValidationError("secrets never stand in a policy tree: leave them out of --provider")
    }
    let timers = ["absoluteTimeout", "idleTimeout", "revalidate", "onStateUnavailable", "onStoreUnavailable"]
    if let other = session?.fields.first(where: { !timers.contains($0.key) }) {
      throw ValidationError("--session takes \(timers.joined(separator: ", ")), not '\(other.key)'")
    }
  }

  func run() throws {
    let tree = OutputFolder(path: output)
    try tree.refuseContents()
    let read = try ImportFiles(inputs, also: app.map(\.value)).inputs
    let made = PolicyImport(of: read, options: options)
    if let fault = made.optionFaults.first { throw CommandFailure(fault) }
    guard !made.report.hasFaults else {
      try tell(made.report, check: nil)
      throw ExitStatus.policyHasErrors
    }
    try tree.write(made.files)
    let check = try CheckedTree(folder: output)
    try tell(made.report, check: check.report)
    if made.report.hasLosses { throw ExitStatus.notAllowed }
  }

  private var options: ImportOptions {
    var options = ImportOptions()
    options.organization = organization
    options.providers = provider.map(\.fields)
    options.defaultProviders = providers?.split(separator: ",").map(String.init) ?? []
    options.session = session?.fields ?? []
    options.hosts = host.map { (app: $0.key, route: $0.value) }
    options.apps = app.map { (path: $0.key, file: $0.value) }
    options.places = place.map { (resource: $0.key, path: $0.value) }
    options.project = project
    return options
  }

  /// The report is the answer; what is wrong with the tree is a remark.
  private func tell(_ report: ImportReport, check: Report?) throws {
    switch format {
    case .text: try StandardOutput.write(report.text)
    case .json: try StandardOutput.write(report.json.prettyText)
    }
    guard let check, !check.diagnostics.isEmpty else { return }
    StandardError.write(check.text(isColored: StandardError.isTerminal))
  }
}

/// `KEY=VALUE`.
struct PairArgument: ExpressibleByArgument {
  let key: String
  let value: String

  init?(argument: String) {
    guard let equals = argument.firstIndex(of: "=") else { return nil }
    key = String(argument[..<equals])
    value = String(argument[argument.index(after: equals)...])
    guard !key.isEmpty, !value.isEmpty else { return nil }
  }
}

/// `KEY=VALUE,KEY=VALUE`.
struct FieldsArgument: ExpressibleByArgument {
  let fields: [(key: String, value: String)]

  init?(argument: String) {
    let pairs = argument.split(separator: ",", omittingEmptySubsequences: false).map {
      PairArgument(argument: String($0))
    }
    guard pairs.allSatisfy({ $0 != nil }) else { return nil }
    fields = pairs.compactMap { $0 }.map { (key: $0.key, value: $0.value) }
  }
}
