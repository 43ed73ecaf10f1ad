// The time, and waiting. Refuses nothing.

internal import Glibc

/// The clock on the wall.
enum Clock {
  /// Milliseconds since 1970.
  static func wallMilliseconds() -> Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
  }

  /// Waits so long, at most an hour.
  static func pause(milliseconds: Int64) {
    usleep(UInt32(max(0, min(milliseconds, 3_600_000))) * 1_000)
  }
}
