import Glibc
public import SLOCore

extension ServiceClock {
    /// The system's wall clock and its monotonic clock, which includes time that the machine sleeps.
    public static let system = ServiceClock(runsByItself: true) {
        Moment(wall: Timestamp(milliseconds: milliseconds(of: CLOCK_REALTIME)), clock: milliseconds(of: CLOCK_BOOTTIME))
    }

    private static func milliseconds(of clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
