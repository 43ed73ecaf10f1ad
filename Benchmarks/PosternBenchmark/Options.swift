// What `postern-bench` is told on its command line.

/// The sizes and the effort of a run, and where its report goes.
struct Options {
  /// Organizations that are compiled in memory.
  var sizes = [10, 1_000, 10_000]
  /// The organization that is written as YAML and compiled by `postern`.
  var appCount = 100_000
  var peerSizes = [1, 10, 100, 1_000, 10_000]
  var effort = Effort.whole
  var jsonFile: String?
  /// The Python that has the peers, and the folder of their programs.
  var peerPython = ".build-peers/bin/python"
  var peerFolder = "Benchmarks/peers"

  static let usage = """
    usage: postern-bench [--smoke] [--apps N] [--sizes APPS,...] [--peer-sizes APPS,...] [--json FILE] [--peers PYTHON FOLDER]
           postern-bench plot JSON SVG
           postern-bench tree APPS FOLDER
           postern-bench bundle APPS FILE
    """

  /// nil where the arguments are no usage.
  init?(_ arguments: [String]) {
    var rest = arguments[...]
    while let option = rest.popFirst() {
      switch option {
      case "--smoke":
        sizes = [10]
        appCount = 100
        peerSizes = [1, 10]
        effort = .smoke
      case "--apps":
        guard let numbers = Self.numbers(rest.popFirst()), numbers.count == 1 else { return nil }
        appCount = numbers[0]
      case "--sizes":
        guard let numbers = Self.numbers(rest.popFirst()) else { return nil }
        sizes = numbers
      case "--peer-sizes":
        guard let numbers = Self.numbers(rest.popFirst()) else { return nil }
        peerSizes = numbers
      case "--json":
        guard let file = rest.popFirst() else { return nil }
        jsonFile = file
      case "--peers":
        guard let python = rest.popFirst(), let folder = rest.popFirst() else { return nil }
        (peerPython, peerFolder) = (python, folder)
      default: return nil
      }
    }
  }

  private static func numbers(_ text: String?) -> [Int]? {
    let parts = (text ?? "").split(separator: ",").map { Int($0) }
    let numbers = parts.compactMap { $0 }.filter { (1...1_000_000).contains($0) }
    return numbers.isEmpty || numbers.count != parts.count ? nil : numbers
  }
}
