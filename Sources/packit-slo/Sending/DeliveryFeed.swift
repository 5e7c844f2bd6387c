import Foundation
import SLOCore
import SLORecordings

/// The pace at which deliveries are sent.
enum Pace: Equatable, Sendable {
    /// As fast as the server accepts them.
    case unlimited
    /// This many per second.
    case rate(Double)
    /// As recorded, accelerated by this factor.
    case recorded(speed: Double)

    /// The time from the first delivery to another one.
    func delay(ofNumber number: Int, recordedAfter span: TimeSpan) -> Duration {
        switch self {
        case .unlimited: .zero
        case .rate(let perSecond): .seconds(min(Double(number) / perSecond, Self.longestSeconds))
        case .recorded(let speed): .seconds(min(span.inSeconds / speed, Self.longestSeconds))
        }
    }

    /// A hundred years: a slower pace would overflow `Duration`.
    private static let longestSeconds = 3_155_760_000.0
}

/// Hands out a recording's deliveries with the time to send them, signed and, if requested, moved in time.
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

    /// The next delivery, with the earliest time to send it; `nil` at the end.
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
