// Requests that are the same to the byte as one that was answered before: a page that polls, an address that is opened again. They are
// answered before anything is read out of them. Refuses to look at anything but one whole request without a body, which came in one read
// at the beginning of a message: what the decoder would make of the same bytes there is known.

internal import NIOCore
internal import NIOPosix

/// The requests that may be answered again on one event loop of one listener; a newer one takes the place of an older. Another listener may
/// read the same bytes otherwise.
///
/// Sendable because only the thread of the loop that it is kept for ever reaches it.
final class RepeatTable: @unchecked Sendable {
  private struct Slot {
    /// Of the last request that came here; nobody keeps what has come once.
    var hash = 0
    var kept: Kept?
  }

  struct Kept {
    let request: ByteBuffer
    let answer: ByteBuffer
    let allow: RepeatableAllow
  }

  private static let slotCount = 1_024
  private var slots = [Slot](repeating: Slot(), count: slotCount)

  /// The table of the event loop that asks, among those of a listener.
  static func current(_ tables: ThreadSpecificVariable<RepeatTable>) -> RepeatTable {
    if let table = tables.currentValue { return table }
    let table = RepeatTable()
    tables.currentValue = table
    return table
  }

  /// What was answered to the same bytes; nil where they are not kept.
  func kept(_ request: ByteBuffer, hash: Int) -> Kept? {
    let slot = slots[hash & (Self.slotCount - 1)]
    guard slot.hash == hash, let kept = slot.kept, kept.request == request else { return nil }
    return kept
  }

  /// Keeps an answer to a request that comes for the second time.
  func note(_ request: ByteBuffer, hash: Int, _ answer: ByteBuffer, _ allow: RepeatableAllow) {
    let index = hash & (Self.slotCount - 1)
    if slots[index].hash == hash {
      // Of its own storage: that of a read is as long as the longest.
      slots[index].kept = Kept(request: ByteBuffer(buffer: request), answer: answer, allow: allow)
    } else {
      slots[index] = Slot(hash: hash)
    }
  }

  func forget(hash: Int) { slots[hash & (Self.slotCount - 1)] = Slot() }
}

/// Answers what is repeated, and hands on the rest.
final class RepeatHandler<Responder: RequestResponder>: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private static var byteLimit: Int { 8_192 }

  private let responder: Responder
  private let watch: ConnectionWatch
  private let table: RepeatTable
  /// Whether the decoder has read whole messages, and all of them have been answered.
  private var isAtBeginning = true
  /// Whether an answer was the connection's last: what is read behind it is nobody's.
  private var isOver = false
  /// Requests that have begun, and have not been answered.
  private var openCount = 0
  /// Requests that began during this read.
  private var begunCount = 0
  private var answered: (answer: ByteBuffer, allow: RepeatableAllow)?

  init(_ responder: Responder, _ watch: ConnectionWatch, _ table: RepeatTable) {
    self.responder = responder
    self.watch = watch
    self.table = table
  }

  /// A request begins.
  func begin() {
    openCount += 1
    begunCount += 1
  }

  /// A request has been answered, or what is no request.
  func end(_ answer: ByteBuffer, _ allow: RepeatableAllow?, isLast: Bool) {
    openCount -= 1
    if isLast { isOver = true }
    answered = allow.map { (answer, $0) }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let bytes = unwrapInboundIn(data)
    guard isAtBeginning, bytes.readableBytes <= Self.byteLimit else { return hand(on: bytes, context) }
    var hasher = Hasher()
    bytes.hash(into: &hasher)
    let hash = hasher.finalize()
    if let kept = table.kept(bytes, hash: hash) {
      if responder.repeats(kept.allow) {
        watch.endRequest()
        context.writeAndFlush(wrapOutboundOut(kept.answer), promise: nil)
        return
      }
      table.forget(hash: hash)
    }
    hand(on: bytes, context)
    if isAtBeginning, begunCount == 1, let answered { table.note(bytes, hash: hash, answered.answer, answered.allow) }
  }

  private func hand(on bytes: ByteBuffer, _ context: ChannelHandlerContext) {
    isAtBeginning = false
    begunCount = 0
    answered = nil
    context.fireChannelRead(wrapInboundOut(bytes))
    // A head ends with its first empty line: where nothing is open, no part of one waits behind these bytes.
    isAtBeginning = !isOver && openCount == 0 && Self.endsHead(bytes)
  }

  private static func endsHead(_ bytes: ByteBuffer) -> Bool {
    let end = bytes.readableBytesView.suffix(4)
    return end.elementsEqual([0x0D, 0x0A, 0x0D, 0x0A])
  }
}
