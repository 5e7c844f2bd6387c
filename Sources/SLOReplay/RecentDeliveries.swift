import SLOCore
import SLOStore

/// Which deliveries came within a time that is long enough to recognise repetitions, as the server's database would.
///
/// They are kept in three generations of half that time each, the oldest of which is forgotten as a whole.
struct RecentDeliveries: Sendable {
    private var generations: [[DeliveryIdentity: BodyFingerprint]] = [[:], [:], [:]]
    private var generationEnds: Timestamp?
    private let generation: TimeSpan

    /// - Parameter keep: a delivery is known for at least so long.
    init(keep: TimeSpan) {
        generation = .milliseconds(max(1, keep.milliseconds / 2))
    }

    mutating func remember(_ identity: DeliveryIdentity, _ body: BodyFingerprint, at now: Timestamp) {
        forget(by: now)
        generations[0][identity] = body
    }

    /// The body that came first under that identity, if any did.
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
        // A pause longer than a generation leaves nothing in between that could be known.
        let passed = (now - ends).milliseconds / generation.milliseconds + 1
        for _ in 0..<min(passed, Int64(generations.count)) {
            generations.removeLast()
            generations.insert([:], at: 0)
        }
        generationEnds = ends + .milliseconds(passed * generation.milliseconds)
    }
}
