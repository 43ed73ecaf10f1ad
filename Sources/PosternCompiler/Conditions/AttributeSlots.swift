// The facts that a bundle's conditions ask the caller for: one slot for each path and type (docs/bundle-format.md,
// "attributes"). Refuses nothing.

internal import CPostern
internal import PosternKernel

/// Slots of facts beside the request's own parts, in the order in which conditions first ask for them.
struct AttributeSlots {
  /// A fact as a condition asks for it.
  struct Attribute: Hashable {
    /// `request.auth.claims.dept`, `request.headers["x-a"]`, `origin.ip`.
    var path: [UInt8]
    /// A `postern_tag`; 0 where any will do.
    var tag: UInt8

    /// Whether it is a fact about who asks.
    var isOfCaller: Bool {
      path.starts(with: Array("request.auth.".utf8)) || path.starts(with: Array("device.".utf8))
    }
  }

  func isOfCaller(_ slot: UInt16) -> Bool { attributes[Int(slot)].isOfCaller }

  private(set) var attributes: [Attribute] = []
  private var slots: [Attribute: UInt16] = [:]

  /// The slot of an attribute; nil where the format has no number left for it.
  mutating func slot(of path: String, tag: Int = 0) -> UInt16? {
    let attribute = Attribute(path: Array(path.utf8), tag: UInt8(truncatingIfNeeded: tag))
    if let slot = slots[attribute] { return slot }
    guard attributes.count < Int(UInt16.max) else { return nil }
    let slot = UInt16(attributes.count)
    slots[attribute] = slot
    attributes.append(attribute)
    return slot
  }
}
