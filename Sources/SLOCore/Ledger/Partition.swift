/// Divides the facts of a lane into runs (docs/counting.md, rule 12 and lanes).
///
/// The facts are in the order of their check-run ids, so the division is the same in whatever order they arrived.
struct Partition {
    let kind: RunKind
    /// When the head of the lane's pull request came back to its commit.
    let returns: [Timestamp]
    /// From where to where the facts reach on which runs were decided for good: nothing divides those any more.
    let decided: [ClosedRange<Int>]

    /// The ranges of the runs, in order. Together they are all facts.
    func runs(of facts: [Fact]) -> [Range<Int>] {
        guard let first = facts.first else { return [] }
        var ranges: [Range<Int>] = []
        var start = 0
        var current = Portion(first, kind)
        for (place, fact) in facts.enumerated().dropFirst() {
            let isAnother = decided.contains { $0.lowerBound == place && holdsDecided(start..<place) }
            if isAnother || (!isDecided(place) && opens(fact, after: current)) {
                ranges.append(start..<place)
                start = place
                current = Portion(fact, kind)
            } else {
                current.add(fact, kind)
            }
        }
        ranges.append(start..<facts.count)
        return ranges
    }

    private func holdsDecided(_ range: Range<Int>) -> Bool {
        decided.contains { range.contains($0.lowerBound) }
    }

    private func isDecided(_ place: Int) -> Bool {
        decided.contains { $0.lowerBound < place && place <= $0.upperBound }
    }

    private func opens(_ fact: Fact, after current: Portion) -> Bool {
        if let job = fact.jobID(as: kind), let known = current.jobID, job != known { return true }
        switch (kind, fact.step(as: kind)) {
        case (_, .unclear), (_, .finished):
            return false
        case (.build, .accepted):
            return current.hasTerminal || !isSameAcceptance(fact, current)
        case (.testRun, .accepted), (.testRun, .waiting):
            return current.hasTerminal || current.isSubmitted || isAfterReturn(fact, current)
        default:
            return current.hasTerminal
        }
    }

    /// Two "accepted" in one second without a job id are one.
    private func isSameAcceptance(_ fact: Fact, _ current: Portion) -> Bool {
        current.acceptedAt != nil && current.acceptedAt == fact.time(as: kind) && fact.job == nil
            && current.jobID == nil
    }

    private func isAfterReturn(_ fact: Fact, _ current: Portion) -> Bool {
        guard let last = current.lastTime, let time = fact.time(as: kind) else { return false }
        return returns.contains { last < $0 && $0 <= time }
    }

    /// The facts of one run as far as they have been read.
    private struct Portion {
        private(set) var jobID: Int64?
        let acceptedAt: Timestamp?
        private(set) var isSubmitted = false
        private var hasEnded = false
        private var hasBuildEnded = false
        private(set) var lastTime: Timestamp?

        /// The end of a build does not end a test that was submitted, before or after it.
        var hasTerminal: Bool { hasEnded || hasBuildEnded && !isSubmitted }

        init(_ opening: Fact, _ kind: RunKind) {
            acceptedAt = opening.step(as: kind) == .accepted ? opening.time(as: kind) : nil
            add(opening, kind)
        }

        mutating func add(_ fact: Fact, _ kind: RunKind) {
            jobID = fact.jobID(as: kind) ?? jobID
            lastTime = [lastTime, fact.time(as: kind)].compactMap { $0 }.max()
            switch fact.step(as: kind) {
            case .queued, .started: isSubmitted = true
            case .finished(_, .build) where kind == .testRun: hasBuildEnded = true
            case .finished: hasEnded = true
            case .accepted, .waiting, .unclear: break
            }
        }
    }
}
