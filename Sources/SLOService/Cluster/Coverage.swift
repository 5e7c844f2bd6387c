import SLOCore
import SLOStore

/// When somebody was there to receive: the union of the receivers' lives (docs/counting.md, rule 24).
struct Coverage {
    /// A time in which nobody was there.
    struct Gap: Equatable {
        let from: Timestamp
        let to: Timestamp
    }

    private let lives: [(from: Timestamp, to: Timestamp)]

    init(_ receivers: some Sequence<ReceiverLife>) {
        lives = receivers.map { ($0.startedAt, $0.through) }.sorted { $0.0 < $1.0 }
    }

    /// When the first receiver began.
    var beginning: Timestamp? { lives.first?.from }

    /// Through when somebody was there without a gap since a moment.
    func reach(from moment: Timestamp) -> Timestamp {
        lives.reduce(moment) { reach, life in life.from <= reach ? max(reach, life.to) : reach }
    }

    /// The first time after a moment in which nobody was there; `nil` if nobody has come since.
    func gap(after moment: Timestamp) -> Gap? {
        let reach = reach(from: moment)
        return lives.first { $0.from > reach }.map { Gap(from: reach, to: $0.from) }
    }
}
