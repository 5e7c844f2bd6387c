import Foundation
import SLOCore

/// The wall clock of the commands: for log lines, holders of a database, and what is asked for as of now. What the
/// server decides goes by the service's clock.
enum WallClock {
    static var now: Timestamp { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }
}
