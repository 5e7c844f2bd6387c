internal import SLOCore

/// What GitHub lists of the deliveries to an App.
struct AppDeliveryLog {
    struct Line {
        let attempt: AppDeliveryAttempt
        /// An attempt may be listed minutes after it was made.
        let listedAt: Timestamp
        let overAt: Timestamp
    }

    /// The oldest attempt first.
    private(set) var lines: [Line] = []
    /// How much is unusual, of all attempts.
    private let oddities: Double

    /// - Parameters:
    ///   - times: within which the deliveries begin, in seconds.
    ///   - oddities: the share of attempts that fail, and of those that come again.
    ///   - guids: of the Apps before, of whose deliveries this one gets copies.
    init(
        deliveries: Int64, within times: ClosedRange<Int64>, oddities: Double, guids: inout [UInt64],
        by random: inout SeededGenerator
    ) {
        self.oddities = oddities
        var time = times.lowerBound
        var own: [UInt64] = []
        for _ in 0..<deliveries {
            // Some come at once.
            time = random.chance(0.4) ? min(times.upperBound, time + random.whole(0...120)) : random.whole(times)
            own.append(!guids.isEmpty && random.chance(0.3) ? guids.removeLast() : random.next())
            addAttempts(own[own.count - 1], at: time * 1000 + random.pick([0, 0, random.whole(0...999)]), &random)
        }
        guids = own
        lines.sort { ($0.attempt.deliveredAt, $0.attempt.id) < ($1.attempt.deliveredAt, $1.attempt.id) }
    }

    /// When the last attempt is over and listed, in seconds.
    var end: Int64? { lines.map { max($0.overAt, $0.listedAt).wholeSeconds + 1 }.max() }

    /// - Parameter time: in milliseconds.
    private mutating func addAttempts(_ guid: UInt64, at time: Int64, _ random: inout SeededGenerator) {
        // The first is no longer listed now and then.
        let isFirstGone = random.chance(oddities / 4)
        add(guid, at: time, isRedelivery: isFirstGone, &random)
        // Another one without a mark, often at about the same time.
        while random.chance(oddities / 2) {
            let wait = random.chance(0.5) ? random.whole(0...2000) : random.magnitude(1...40_000) * 1000
            add(guid, at: time + wait, isRedelivery: false, &random)
        }
        var again = time
        while random.chance(oddities) {
            again += random.magnitude(1...90_000) * 1000
            add(guid, at: again, isRedelivery: true, &random)
        }
    }

    private mutating func add(
        _ guid: UInt64, at time: Int64, isRedelivery: Bool, _ random: inout SeededGenerator
    ) {
        let status = random.chance(1 - oddities) ? .success : random.pick(AppDeliveryStatus.allCases)
        let lasted = status == .timedOut ? 10_000 : random.magnitude(1...12_000)
        // GitHub throttles some.
        let wait = random.chance(0.1) ? random.magnitude(1...40_000) * 1000 : 0
        let listing = random.chance(0.1) ? random.whole(0...590_000) : 0
        let attempt = AppDeliveryAttempt(
            id: 9_000_000 + Int64(lines.count), delivery: guid, deliveredAt: Timestamp(milliseconds: time),
            isRedelivery: isRedelivery, status: status, duration: .milliseconds(lasted))
        lines.append(
            Line(
                attempt: attempt, listedAt: attempt.deliveredAt + .milliseconds(listing),
                overAt: attempt.deliveredAt + .milliseconds(wait + lasted)))
    }
}

extension Timestamp {
    fileprivate var wholeSeconds: Int64 { flooredToSecond.milliseconds / 1000 }
}
