import Foundation
import SLOCore
import SLORecordings

/// How fast deliveries go out.
enum Pace: Equatable, Sendable {
    /// As fast as the server takes them.
    case unlimited
    /// So many a second.
    case rate(Double)
    /// As recorded, so many times as fast.
    case recorded(speed: Double)

    /// How long after the first delivery another one is due.
    func delay(ofNumber number: Int, recordedAfter span: TimeSpan) -> Duration {
        switch self {
        case .unlimited: .zero
        case .rate(let perSecond): .seconds(min(Double(number) / perSecond, Self.longestSeconds))
        case .recorded(let speed): .seconds(min(span.inSeconds / speed, Self.longestSeconds))
        }
    }

    /// A hundred years: a pace may be so slow that no duration holds what it comes to.
    private static let longestSeconds = 3_155_760_000.0
}

/// Hands out a recording's deliveries, each when it is due, signed and, where that is asked for, moved in time.
actor DeliveryFeed {
    private let reader: RecordingReader
    private let signer: Signer
    private let pace: Pace
    private let shiftsToNow: Bool

    private var start: (at: ContinuousClock.Instant, recordedAt: Timestamp, shift: TimeShift?)?
    private var count = 0

    init(reader: sending RecordingReader, signer: Signer, pace: Pace, shiftsToNow: Bool) {
        self.reader = reader
        self.signer = signer
        self.pace = pace
        self.shiftsToNow = shiftsToNow
    }

    /// The next delivery, with the moment before which it is not to be sent; `nil` at the end.
    func next() throws -> (delivery: RecordedDelivery, due: ContinuousClock.Instant)? {
        guard let recorded = try reader.next() else { return nil }
        let start = start ?? begin(with: recorded)
        let delivery = try signer.signed(start.shift?.shifted(recorded) ?? recorded)
        defer { count += 1 }
        let delay = pace.delay(ofNumber: count, recordedAfter: recorded.receivedAt - start.recordedAt)
        return (delivery, start.at + delay)
    }

    private func begin(
        with first: RecordedDelivery
    ) -> (at: ContinuousClock.Instant, recordedAt: Timestamp, shift: TimeShift?) {
        let now = WallClock.now
        let begun = (
            at: ContinuousClock.now, recordedAt: first.receivedAt,
            shift: shiftsToNow ? TimeShift(from: first.receivedAt, to: now) : nil
        )
        start = begun
        return begun
    }
}
