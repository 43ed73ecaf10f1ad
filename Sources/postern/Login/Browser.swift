// The person's browser. Refuses to open one where there is no screen: what would start in a terminal takes the terminal away.

/// Opens pages.
enum Browser {
  /// Opens an address, where there is a browser to open it; the address has been printed in any case.
  static func open(_ address: String) {
    let hasScreen = ["DISPLAY", "WAYLAND_DISPLAY", "BROWSER"].contains { Environment.value($0) != nil }
    if hasScreen { _ = ChildProcess.startAside(["xdg-open", address]) }
  }
}
