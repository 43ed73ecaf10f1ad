// The functions of postern.h. With Words.swift the only unsafe code of the kernel: here the caller's pointers become spans
// that live for one call. Null pointers, unopened bundles and absurd counts are answered with a refusal, never a trap.
// The names are those of the header.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CPostern

/// Where the mark of an open bundle stands in a `postern_bundle`, and what it is.
private let openMarkIndex = Int(POSTERN_BUNDLE_WORDS) - 1
private let openMark: UInt64 = 0x504F_5354_4552_4E31

@c @implementation
public func postern_open(
  _ bytes: UnsafePointer<UInt8>?, _ count: UInt64, _ bundle: UnsafeMutablePointer<postern_bundle>?
) -> UInt32 {
  guard let bundle = unsafe bundle else { return BundleFault.tooShort.rule }
  unsafe postern_close(bundle)
  guard let bytes = unsafe bytes, let byteCount = Int(exactly: count) else { return BundleFault.tooShort.rule }
  let words = unsafe Words(owned: UnsafeRawBufferPointer(start: bytes, count: byteCount))
  do throws(BundleFault) {
    let opened = try Bundle(verifying: words)
    let storage = UnsafeMutableRawPointer(bundle)
    unsafe storage.bindMemory(to: Bundle.self, capacity: 1).initialize(to: opened)
    unsafe storage.storeBytes(of: openMark, toByteOffset: 8 * openMarkIndex, as: UInt64.self)
    return 0
  } catch {
    return error.rule
  }
}

@c @implementation
public func postern_close(_ bundle: UnsafeMutablePointer<postern_bundle>?) {
  guard let bundle = unsafe bundle else { return }
  unsafe UnsafeMutableRawPointer(bundle).initializeMemory(
    as: UInt64.self, repeating: 0, count: Int(POSTERN_BUNDLE_WORDS))
}

/// The opened bundle that `bundle` stores; nil where it stores none.
private func opened(_ bundle: UnsafePointer<postern_bundle>?) -> UnsafePointer<Bundle>? {
  precondition(MemoryLayout<Bundle>.size <= 8 * openMarkIndex, "a bundle outgrew the storage of postern.h")
  guard let bundle = unsafe bundle else { return nil }
  let storage = unsafe UnsafeRawPointer(bundle)
  let mark = unsafe storage.load(fromByteOffset: 8 * openMarkIndex, as: UInt64.self)
  return mark == openMark ? unsafe storage.assumingMemoryBound(to: Bundle.self) : nil
}

/// The text and cells of `facts`, empty where the pointers are null or the counts are no counts.
@unsafe private struct FactPointers {
  let text: UnsafeBufferPointer<UInt8>
  let cells: UnsafeBufferPointer<postern_cell>

  init(_ facts: UnsafePointer<postern_facts>?) {
    guard let facts = unsafe facts?.pointee else {
      unsafe text = UnsafeBufferPointer(start: nil, count: 0)
      unsafe cells = UnsafeBufferPointer(start: nil, count: 0)
      return
    }
    // 2^56 bytes are more than any address space: such a count is a mistake, and nothing is read.
    let textCount = unsafe facts.text == nil || facts.text_count >> 56 != 0 ? 0 : Int(facts.text_count)
    let cellCount = unsafe facts.cells == nil || facts.cell_count >> 52 != 0 ? 0 : Int(facts.cell_count)
    unsafe text = UnsafeBufferPointer(start: facts.text, count: textCount)
    unsafe cells = UnsafeBufferPointer(start: facts.cells, count: cellCount)
  }
}

@c @implementation
public func postern_resolve(
  _ bundle: UnsafePointer<postern_bundle>?, _ credential: UnsafePointer<postern_credential>?,
  _ facts: UnsafePointer<postern_facts>?, _ identity: UnsafeMutablePointer<postern_identity>?
) {
  guard let identity = unsafe identity else { return }
  let words = unsafe UnsafeMutableRawPointer(identity).bindMemory(
    to: UInt32.self, capacity: IdentityLayout.wordCount)
  unsafe words.update(repeating: 0, count: IdentityLayout.wordCount)
  guard let bundle = unsafe opened(bundle), let credential = unsafe credential else { return }
  let pointers = unsafe FactPointers(facts)
  var span = unsafe MutableSpan(_unsafeStart: words, count: IdentityLayout.wordCount)
  unsafe bundle.pointee.resolve(
    credential.pointee, text: pointers.text.span, cells: pointers.cells.span, into: &span)
}

@c @implementation
public func postern_decide(
  _ bundle: UnsafePointer<postern_bundle>?, _ request: UnsafePointer<postern_request>?,
  _ facts: UnsafePointer<postern_facts>?, _ credential: UnsafePointer<postern_credential>?,
  _ identity: UnsafePointer<postern_identity>?, _ now: Int64, _ scratch: UnsafeMutablePointer<postern_scratch>?,
  _ decision: UnsafeMutablePointer<postern_decision>?
) {
  guard let decision = unsafe decision else { return }
  unsafe decision.pointee = Bundle.refusal
  unsafe decision.pointee.forbid(POSTERN_REASON_UNDECIDED)
  guard let bundle = unsafe opened(bundle), let request = unsafe request, let scratch = unsafe scratch else { return }
  let pointers = unsafe FactPointers(facts)
  let noCredential = postern_credential()
  let identityWords = unsafe UnsafeRawPointer(identity)?.assumingMemoryBound(to: UInt32.self)
  let identityBuffer = unsafe UnsafeBufferPointer(
    start: identityWords, count: identityWords == nil ? 0 : IdentityLayout.wordCount)
  let scratchBytes = unsafe UnsafeMutableRawPointer(scratch).bindMemory(
    to: UInt8.self, capacity: Int(POSTERN_SCRATCH_BYTES))
  var scratchSpan = unsafe MutableSpan(_unsafeStart: scratchBytes, count: Int(POSTERN_SCRATCH_BYTES))
  unsafe bundle.pointee.decide(
    request.pointee, text: pointers.text.span, cells: pointers.cells.span,
    credential: credential?.pointee ?? noCredential, identity: identityBuffer.span, at: now, scratch: &scratchSpan,
    into: &decision.pointee)
}

@c @implementation
public func postern_decide_refresh(
  _ bundle: UnsafePointer<postern_bundle>?, _ refresh: UnsafePointer<postern_refresh>?, _ now: Int64,
  _ decision: UnsafeMutablePointer<postern_refresh_decision>?
) {
  guard let decision = unsafe decision else { return }
  unsafe decision.pointee = postern_refresh_decision()
  guard let bundle = unsafe opened(bundle), let refresh = unsafe refresh else { return }
  unsafe bundle.pointee.decideRefresh(refresh.pointee, at: now, into: &decision.pointee)
}

@c @implementation
public func postern_oauth_client(
  _ bundle: UnsafePointer<postern_bundle>?, _ id: UnsafePointer<UInt8>?, _ count: UInt64
) -> UInt32 {
  guard let bundle = unsafe opened(bundle), let text = unsafe bytes(id, count) else { return BundleFormat.none }
  return unsafe bundle.pointee.oauthClient(text.span)
}

@c @implementation
public func postern_oauth_scope(
  _ bundle: UnsafePointer<postern_bundle>?, _ client: UInt32, _ scope: UnsafePointer<UInt8>?, _ count: UInt64
) -> UInt64 {
  guard let bundle = unsafe opened(bundle), let text = unsafe bytes(scope, count) else { return 0 }
  return unsafe bundle.pointee.oauthScope(text.span, ofClient: client)
}

/// A caller's text; nil where the pointer is null or the count is none.
private func bytes(_ start: UnsafePointer<UInt8>?, _ count: UInt64) -> UnsafeBufferPointer<UInt8>? {
  guard let start = unsafe start, count >> 56 == 0 else { return nil }
  return unsafe UnsafeBufferPointer(start: start, count: Int(count))
}

@c @implementation
public func postern_revision(_ bundle: UnsafePointer<postern_bundle>?) -> UInt64 {
  guard let bundle = unsafe opened(bundle) else { return 0 }
  return unsafe bundle.pointee.revision
}

@c @implementation
public func postern_app_name(_ bundle: UnsafePointer<postern_bundle>?, _ app: UInt32) -> postern_text {
  guard let bundle = unsafe opened(bundle), unsafe bundle.pointee.hasApp(app) else { return unsafe noText }
  return unsafe text(bundle, at: bundle.pointee.nameField(ofApp: app))
}

@c @implementation
public func postern_app_audience(_ bundle: UnsafePointer<postern_bundle>?, _ app: UInt32) -> postern_text {
  guard let bundle = unsafe opened(bundle), unsafe bundle.pointee.hasApp(app) else { return unsafe noText }
  return unsafe text(bundle, at: bundle.pointee.audienceField(ofApp: app))
}

@c @implementation
public func postern_app_login_hint(_ bundle: UnsafePointer<postern_bundle>?, _ app: UInt32) -> postern_text {
  guard let bundle = unsafe opened(bundle), unsafe bundle.pointee.hasApp(app) else { return unsafe noText }
  return unsafe text(bundle, at: bundle.pointee.loginHintField(ofApp: app))
}

private var noText: postern_text { unsafe postern_text(bytes: nil, count: 0) }

/// The text that the field at `offset` of a bundle refers to.
private func text(_ bundle: UnsafePointer<Bundle>, at offset: Int) -> postern_text {
  guard let range = unsafe bundle.pointee.text(at: offset) else { return unsafe noText }
  let address = unsafe bundle.pointee.words.address(range.offset, count: range.count)
  return unsafe postern_text(bytes: address, count: UInt64(range.count))
}

extension Bundle {
  func hasApp(_ app: UInt32) -> Bool { Int(app) < sections.appCount }

  /// Offset of the field that refers to the name of an app that exists.
  func nameField(ofApp app: UInt32) -> Int { appRecord(app) }

  /// The same for its audience, which is a name too.
  func audienceField(ofApp app: UInt32) -> Int {
    sections.names.offset &+ RecordSize.name &* Int(audience(ofApp: app))
  }

  /// The same for its login hint.
  func loginHintField(ofApp app: UInt32) -> Int { profile(appLine(app)) &+ 52 }

  /// Where the text of a field lies; nil where it is empty.
  func text(at field: Int) -> TextRange? {
    let count = Int(words.u32(field &+ 4))
    return count == 0 ? nil : TextRange(offset: sections.strings.offset &+ Int(words.u32(field)), count: count)
  }
}
