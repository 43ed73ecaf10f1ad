// Every app's attribute propagation read, in place. Apps that inherit one expression share one reading. Refuses names
// that an output could not tell apart or could not carry.

internal import PosternCEL

extension Policy {
  /// Reads the expression of every app that has propagation enabled; what is wrong is reported where it is written, once.
  mutating func readPropagations() -> [Diagnostic] {
    var pass = PropagationPass(files)
    for index in apps.indices { pass.read(&apps[index].application.attributePropagation) }
    return pass.diagnostics
  }
}

/// One pass over the apps of a tree.
private struct PropagationPass {
  private(set) var diagnostics: [Diagnostic] = []
  private var reported: Set<Diagnostic> = []
  private let files: [SourceFile]
  /// What was read, by what it was read of.
  private var readings: [Propagation: [Propagation.Attribute]] = [:]

  init(_ files: [SourceFile]) { self.files = files }

  mutating func read(_ setting: inout Sourced<Propagation>?) {
    guard let written = setting?.value else { return }
    let attributes = readings[written] ?? attributes(of: written)
    readings[written] = attributes
    setting?.value.attributes = attributes
  }

  private mutating func attributes(of propagation: Propagation) -> [Propagation.Attribute] {
    let reading = PropagationReading(propagation.expression.value)
    for issue in reading.issues { report(.propagationForm(issue, at: span(of: issue.range, propagation))) }
    guard reading.attributes.count <= Propagation.attributeLimit else {
      let first = reading.attributes[Propagation.attributeLimit]
      report(.tooManyAttributes(limit: Propagation.attributeLimit, at: span(of: first.nameRange, propagation)))
      return []
    }
    checkHeaders(reading.attributes, propagation)
    for output in propagation.outputs { checkRepeated(reading.attributes, in: output, propagation) }
    return reading.attributes.map(\.value)
  }

  private mutating func checkHeaders(_ attributes: [PropagationReading.Attribute], _ propagation: Propagation) {
    guard propagation.outputs.contains(.header) else { return }
    for attribute in attributes {
      let name = attribute.value.emittedName
      if !FieldName.isToken(name) {
        report(.propagationHeader(name, at: span(of: attribute.nameRange, propagation)))
      } else if attribute.value.isStrict && FieldName.isReserved(name) {
        report(.propagationReservedHeader(name, at: span(of: attribute.nameRange, propagation)))
      }
    }
  }

  private mutating func checkRepeated(
    _ attributes: [PropagationReading.Attribute], in output: Propagation.Output, _ propagation: Propagation
  ) {
    var first: [String: Range<Int>] = [:]
    for attribute in attributes {
      let name = attribute.value.name(in: output)
      guard let earlier = first[name] else {
        first[name] = attribute.nameRange
        continue
      }
      report(
        .propagationRepeated(
          attribute.value.emittedName, at: span(of: attribute.nameRange, propagation),
          first: span(of: earlier, propagation)))
    }
  }

  private func span(of range: Range<Int>, _ propagation: Propagation) -> Span {
    propagation.expression.span(of: range, in: files.file(of: propagation.expression.span))
  }

  private mutating func report(_ diagnostic: Diagnostic) {
    if reported.insert(diagnostic).inserted { diagnostics.append(diagnostic) }
  }
}

extension Propagation.Attribute {
  /// What tells it apart in an output: headers are named in any case, claims in one.
  fileprivate func name(in output: Propagation.Output) -> String {
    switch output {
    case .header: ((isStrict ? "" : Propagation.headerPrefix) + emittedName).lowercased()
    case .jwt, .rctoken: emittedName
    }
  }
}
