import SLOCore
import SLOStore

/// What goes wrong with one node of a simulated cluster.
enum ClusterMishap: Equatable, Sendable, CustomStringConvertible {
    /// Its connection ends at a point of the next such operation.
    case cut(MemoryCluster.Operation, StoreFaultPoint)
    /// It dies there. Its sender gets no answer.
    case death(MemoryCluster.Operation, StoreFaultPoint)
    /// It stands still there for some seconds, while the others go on, and then continues.
    case pause(MemoryCluster.Operation, StoreFaultPoint, TimeSpan)
    /// It takes no turns to append for some seconds.
    case slowAppender(TimeSpan)
    /// It takes no turns to decide for some seconds.
    case slowDecider(TimeSpan)
    /// Its readings do not show the last entries of each stream for some rounds.
    case heldBack
    /// Its readings do not show one of the entries for some rounds, but those behind it.
    case hole
    /// It stops regularly, and its successor starts.
    case restart
    /// All nodes die, and start again after some seconds.
    case blackout(TimeSpan)

    static func drawn(by random: inout SeededGenerator) -> ClusterMishap {
        let points: [StoreFaultPoint] = [.beforeTransaction, .beforeCommit, .insteadOfCommit, .afterCommit]
        let point = random.pick(points)
        let operation = random.pick([
            MemoryCluster.Operation.append, .append, .commit, .commit, .commit, .claim, .read, .renew, .begin, .end,
            .release,
        ])
        let seconds = TimeSpan.milliseconds(random.whole(100...9000))
        switch random.whole(0...9) {
        case 0, 1: return .cut(operation, point)
        case 2, 3: return .death(operation, point)
        case 4: return .pause(operation, point, seconds)
        case 5: return .slowAppender(seconds)
        case 6: return .slowDecider(seconds)
        case 7: return random.chance(0.5) ? .heldBack : .hole
        case 8: return .restart
        default: return random.chance(0.5) ? .blackout(seconds) : .cut(operation, point)
        }
    }

    var description: String {
        switch self {
        case .cut(let operation, let point): "a connection cut at \(operation.rawValue), \(point.rawValue)"
        case .death(let operation, let point): "death at \(operation.rawValue), \(point.rawValue)"
        case .pause(let operation, let point, let time):
            "a pause of \(time.milliseconds) ms at \(operation.rawValue), \(point.rawValue)"
        case .slowAppender(let time): "no turn to append for \(time.milliseconds) ms"
        case .slowDecider(let time): "no turn to decide for \(time.milliseconds) ms"
        case .heldBack: "entries held back"
        case .hole: "a hole in a stream"
        case .restart: "a regular restart"
        case .blackout(let time): "all nodes dead for \(time.milliseconds) ms"
        }
    }
}
