import Foundation
import SLOCore

/// The wall clock of the commands, for log lines, holders of a database, and reports as of now. The server's decisions
/// use the service's clock.
enum WallClock {
    static var now: Timestamp { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }
}
