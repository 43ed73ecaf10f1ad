// What the environment says. Refuses nothing: an empty variable is none.

internal import Glibc

/// Variables of the environment.
enum Environment {
  /// The value of a variable; nil where there is none, or an empty one.
  static func value(_ name: String) -> String? {
    guard let value = unsafe getenv(name) else { return nil }
    let text = unsafe String(cString: value)
    return text.isEmpty ? nil : text
  }
}
