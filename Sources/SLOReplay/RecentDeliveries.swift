import SLOCore
import SLOStore

/// The recent deliveries, to recognise repetitions as the server's database does.
///
/// Kept in three generations of half the required time each; the oldest is dropped as a whole.
struct RecentDeliveries: Sendable {
    private var generations: [[DeliveryIdentity: BodyFingerprint]] = [[:], [:], [:]]
    private var generationEnds: Timestamp?
    private let generation: TimeSpan

    /// - Parameter keep: how long a delivery is known at least.
    init(keep: TimeSpan) {
        generation = .milliseconds(max(1, keep.milliseconds / 2))
    }

    mutating func remember(_ identity: DeliveryIdentity, _ body: BodyFingerprint, at now: Timestamp) {
        forget(by: now)
        generations[0][identity] = body
    }

    /// The first body of that identity, if there is one.
    mutating func first(of identity: DeliveryIdentity, at now: Timestamp) -> BodyFingerprint? {
        forget(by: now)
        for known in generations {
            if let first = known[identity] { return first }
        }
        return nil
    }

    private mutating func forget(by now: Timestamp) {
        let ends = generationEnds ?? now + generation
        generationEnds = ends
        guard now >= ends else { return }
        // After a pause longer than a generation, more than one has passed.
        let passed = (now - ends).milliseconds / generation.milliseconds + 1
        for _ in 0..<min(passed, Int64(generations.count)) {
            generations.removeLast()
            generations.insert([:], at: 0)
        }
        generationEnds = ends + .milliseconds(passed * generation.milliseconds)
    }
}
