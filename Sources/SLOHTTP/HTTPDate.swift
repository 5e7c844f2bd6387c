#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The `Date` header (IMF-fixdate), formatted once a second.
struct HTTPDate {
    private var second = Int.min
    private var text = ""

    /// The current date, by the system's clock.
    mutating func now() -> String {
        let now = time(nil)
        if now != self.second {
            self.second = now
            self.text = Self.format(secondsSinceEpoch: now)
        }
        return self.text
    }

    /// For example `Sun, 06 Nov 1994 08:49:37 GMT`, in English in every locale.
    static func format(secondsSinceEpoch: Int) -> String {
        var moment = time_t(secondsSinceEpoch)
        var fields = tm()
        gmtime_r(&moment, &fields)
        return "\(Self.weekdays[Int(fields.tm_wday)]), \(two(fields.tm_mday)) \(Self.months[Int(fields.tm_mon)]) "
            + "\(1900 + fields.tm_year) \(two(fields.tm_hour)):\(two(fields.tm_min)):\(two(fields.tm_sec)) GMT"
    }

    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private static func two(_ number: Int32) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}
