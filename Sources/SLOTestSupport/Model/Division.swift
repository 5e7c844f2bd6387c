internal import SLOCore

/// How the facts of a lane divide into runs (rule 12 and docs/counting.md, lanes).
extension CheckLane {
    /// Divides what is known, and matches the parts with the runs known before. A late opening moves a run's beginning
    /// back; one that comes between divides a run that is not final.
    /// - Returns: Runs that turned out to be parts of others.
    func divide(_ heard: Now) -> [Run] {
        guard let kind else { return [] }
        let parts = division(kind)
        let kept = keptRuns(parts)
        let known = runs
        runs = parts.indices.map { kept[$0] ?? Run(kind, key.deployment, in: self, knownSince: heard.at) }
        for (run, part) in zip(runs, parts) { run.become(part) }
        return known.filter { run in !runs.contains { $0 === run } }
    }

    /// The run of each part, by the part's place (choices). The part that has what a run was first counted for stays
    /// that run. Where that is so of several, it is one that was counted, and of two such the newer one; the other is
    /// the last part that has something of its own and is no run's yet.
    private func keptRuns(_ parts: [[Fact]]) -> [Int: Run] {
        let counted = runs.filter { $0.countedSince != nil }
        let uncounted = runs.filter { $0.countedSince == nil }
        var kept: [Int: Run] = [:]
        for run in counted.reversed() + uncounted.reversed() {
            let own = Set(run.ownFacts.map(\.id))
            let home = parts.firstIndex { part in part.contains { $0.id == run.mark?.id } }
            if let home, kept[home] == nil {
                kept[home] = run
            } else {
                let elsewhere = parts.indices.last { place in
                    kept[place] == nil && parts[place].contains { own.contains($0.id) }
                }
                if let elsewhere { kept[elsewhere] = run }
            }
        }
        return kept
    }

    private func division(_ kind: RunKind) -> [[Fact]] {
        let facts = facts
        let sealed = sealedRanges(facts)
        let returns = kind == .testRun ? returns : []
        var parts: [[Fact]] = []
        for (index, fact) in facts.enumerated() {
            // A run that is final keeps what it had: no opening that comes late divides it.
            let isSealed = sealed.contains { $0.lowerBound < index && index <= $0.upperBound }
            // Nor does it run into another one that is final.
            let start = index - (parts.last?.count ?? 0)
            let isAnother =
                sealed.contains { $0.lowerBound == index }
                && sealed.contains { (start..<index).contains($0.lowerBound) }
            if let last = parts.last, !isAnother, isSealed || !opens(fact, after: last, kind, returns) {
                parts[parts.count - 1].append(fact)
            } else {
                parts.append([fact])
            }
        }
        return parts
    }

    /// From where to where the facts of each final run reach.
    private func sealedRanges(_ facts: [Fact]) -> [ClosedRange<Int>] {
        runs.compactMap { run in
            guard let final = run.final else { return nil }
            let own = facts.indices.filter { final.facts.contains(facts[$0].id) }
            guard let first = own.first, let last = own.last else { return nil }
            return first...last
        }
    }

    /// Whether a fact opens another run than the one that the facts before it are of.
    private func opens(_ fact: Fact, after part: [Fact], _ kind: RunKind, _ returns: [Timestamp]) -> Bool {
        let step = fact.step(of: kind)
        if kind == .build, step == .accepted { return !isAcceptedTwice(fact, after: part, kind) }
        let job = part.last { $0.jobID(of: kind) != nil }?.jobID(of: kind)
        if let job, let other = fact.jobID(of: kind), other != job { return true }
        if case .finished = step { return false }
        if Self.isEnded(part, kind) { return true }
        // Choice: a test that is accepted again while it waits still waits.
        guard kind == .testRun, step == .waiting || step == .accepted else { return false }
        if Self.isSubmitted(part, kind) { return true }
        let before = part.last?.placedAt ?? fact.placedAt
        return returns.contains { before < $0 && $0 <= fact.placedAt }
    }

    /// Fine print to 12: two of them in one second without a job's id are one.
    private func isAcceptedTwice(_ fact: Fact, after part: [Fact], _ kind: RunKind) -> Bool {
        guard let opening = part.first, opening.step(of: kind) == .accepted, let time = fact.time,
            opening.time == time
        else { return false }
        return fact.status.job == nil && !part.contains { $0.jobID(of: kind) != nil } && !Self.isEnded(part, kind)
    }

    /// In a test lane the end of a build does not end what was submitted (fine print to 12).
    static func isEnded(_ part: [Fact], _ kind: RunKind) -> Bool {
        part.contains { fact in
            guard case .finished(_, let reason) = fact.step(of: kind) else { return false }
            return kind == .build || reason != .build || !isSubmitted(part, kind)
        }
    }

    /// Whether a test was submitted: anything but its waiting for a build, and no end that is the build's.
    private static func isSubmitted(_ part: [Fact], _ kind: RunKind) -> Bool {
        part.contains { fact in
            switch fact.step(of: kind) {
            case .queued, .started: true
            case .unclear, .accepted, .waiting, .finished: false
            }
        }
    }

    /// When the commit became the head of one of the lane's pull requests again.
    private var returns: [Timestamp] {
        commit.pulls.filter { pulls.contains($0.number) }.flatMap { pull in
            pull.pushes.indices.filter { index in
                let before = pull.pushes[..<index]
                return pull.pushes[index].sha == commit.sha && before.contains { $0.sha == commit.sha }
                    && before.last?.sha != commit.sha
            }.map { pull.pushes[$0].time }
        }
    }
}
