internal import SLOCore

/// How the facts of a lane divide into runs (rules 12 and 28, and docs/counting.md, lanes).
extension CheckLane {
    /// Divides the known facts, and matches the parts with the runs known before. A late opening moves a run's
    /// beginning back; one in between divides a run that is not final.
    /// - Returns: runs that turned out to be parts of others.
    func divide(_ now: Now) -> [Run] {
        guard let kind else { return [] }
        let parts = division(kind)
        let kept = keptRuns(parts)
        let known = runs
        runs = parts.indices.map { kept[$0] ?? Run(kind, key.deployment, in: self, knownSince: now.at, now) }
        for (run, part) in zip(runs, parts) { run.become(part.facts) }
        return known.filter { run in !runs.contains { $0 === run } }
    }

    /// The facts that open a run. A lane whose kind is unknown is divided like that of a build (rule 51).
    var openings: [Fact] {
        kind == nil ? division(.build).compactMap(\.facts.first) : runs.compactMap(\.facts.first)
    }

    /// The facts of one run.
    private struct Part {
        var facts: [Fact] = []
        /// The final run that it is, if any.
        var final: Run?
        var number: Int64?
        /// A test that waited when its commit became the head again: a later submission is another run.
        var isAbandoned = false
        let kind: RunKind

        /// In a test lane the end of a build does not end a test that was submitted (rule 12).
        private var ends: [Fact] {
            facts.filter { $0.step(of: kind).isEnd && !$0.isEndOfBuild(for: kind) && !$0.wasLeftBehind }
        }

        var hasEnded: Bool {
            !ends.isEmpty || !isSubmitted && facts.contains { $0.isEndOfBuild(for: kind) && !$0.wasLeftBehind }
        }

        var isClosedByNumber: Bool { ends.contains { $0.jobID(of: kind) != nil } }

        /// Whether a test was submitted: it has a state other than waiting for a build, and not an end.
        var isSubmitted: Bool { facts.contains { [.queued, .started].contains($0.step(of: kind)) } }

        var latest: Timestamp? { facts.compactMap(\.time).max() }
    }

    /// The run of each part, by the part's position (choices). The part with what a run was first counted for stays
    /// that run. If several runs match, it is one that was counted, and of two such the newer one; the other is the
    /// last part with facts of its own that is not a run yet or, without one, the first part that would be counted
    /// anew.
    private func keptRuns(_ parts: [Part]) -> [Int: Run] {
        let counted = runs.filter { $0.countedSince != nil }
        let uncounted = runs.filter { $0.countedSince == nil }
        var kept: [Int: Run] = [:]
        func isKept(_ run: Run) -> Bool { kept.values.contains { $0 === run } }
        for place in parts.indices { kept[place] = parts[place].final }
        for run in counted.reversed() + uncounted.reversed() where !isKept(run) {
            let own = Set(run.ownFacts.map(\.id))
            let home = parts.firstIndex { part in part.facts.contains { $0.id == run.mark?.id } }
            if let home, kept[home] == nil {
                kept[home] = run
            } else {
                let elsewhere = parts.indices.last { place in
                    kept[place] == nil && parts[place].facts.contains { own.contains($0.id) }
                }
                if let elsewhere { kept[elsewhere] = run }
            }
        }
        for run in counted where !isKept(run) {
            let place = parts.indices.first { place in
                kept[place] == nil
                    && parts[place].facts.contains { $0.evidence(of: parts[place].kind)?.isFirstStep ?? false }
            }
            if let place { kept[place] = run }
        }
        return kept
    }

    private func division(_ kind: RunKind) -> [Part] {
        let facts = facts
        let finals = runs.filter { $0.final != nil }
        let named = finals.filter { !numbers(of: $0, in: facts).isEmpty }
        let nameless = finals.filter { numbers(of: $0, in: facts).isEmpty }
        let sealed = sealedRanges(of: nameless, facts)
        var parts: [Part] = []
        var partOfCheck: [Int64: Int?] = [:]
        for (index, fact) in facts.enumerated() {
            let place: Int?
            if let check = fact.checkID, let known = partOfCheck[check] {
                // All states of one check belong to one run.
                place = known
            } else if let number = number(of: fact, in: facts, kind) {
                let final = named.first { numbers(of: $0, in: facts).contains(number) }
                place = part(of: number, isOf: final, opensWith: fact, in: &parts, kind)
            } else if let final = nameless.first(where: { has($0, fact, in: facts) }) {
                // A final run keeps the facts that it had.
                place = part(of: final, in: &parts) { part(of: fact, in: &$0, kind) }
            } else if let final = sealed.first(where: { $0.range.contains(index) && $0.run.isFinal(before: fact) })?.run
            {
                // Late facts do not divide a run that no number distinguishes from others.
                place = parts.firstIndex { $0.final === final }
            } else {
                place = part(of: fact, in: &parts, kind)
            }
            if let check = fact.checkID { partOfCheck[check] = .some(place) }
            if let place { parts[place].facts.append(fact) }
        }
        return parts
    }

    /// The number that identifies the run of a fact: that of any state of its check.
    private func number(of fact: Fact, in facts: [Fact], _ kind: RunKind) -> Int64? {
        guard let check = fact.checkID else { return fact.jobID(of: kind) }
        return facts.last { $0.checkID == check && $0.jobID(of: kind) != nil }?.jobID(of: kind)
    }

    private func numbers(of run: Run, in facts: [Fact]) -> Set<Int64> {
        let own = facts.filter { run.final?.facts.contains($0.id) ?? false }
        return Set(own.compactMap { $0.jobID(of: run.kind) })
    }

    /// Whether a final run had a state of a fact's check when it became final.
    private func has(_ run: Run, _ fact: Fact, in facts: [Fact]) -> Bool {
        facts.contains { other in
            (other.id == fact.id || fact.checkID != nil && other.checkID == fact.checkID)
                && run.final?.facts.contains(other.id) ?? false
        }
    }

    /// From after the first to the last of the facts of each final run that shows no number.
    private func sealedRanges(of nameless: [Run], _ facts: [Fact]) -> [(range: Range<Int>, run: Run)] {
        let ranges: [(range: Range<Int>, run: Run)] = nameless.compactMap { run in
            let own = facts.indices.filter { run.final?.facts.contains(facts[$0].id) ?? false }
            guard let first = own.first, let last = own.last else { return nil }
            return (first + 1..<last + 1, run)
        }
        return ranges.sorted { $0.range.lowerBound < $1.range.lowerBound }
    }

    /// The part of a final run: where its first fact belongs, if that is not another final run's.
    private func part(of final: Run, in parts: inout [Part], else place: (inout [Part]) -> Int?) -> Int {
        if let known = parts.firstIndex(where: { $0.final === final }) { return known }
        let free = place(&parts).flatMap { parts[$0].final == nil ? $0 : nil }
        let own = free ?? open(&parts, final.kind)
        parts[own].final = final
        return own
    }

    /// The part that shows a number; a new number belongs to the oldest open run without one, and after these to a
    /// final one, for example a superseded run.
    private func part(
        of number: Int64, isOf final: Run?, opensWith fact: Fact, in parts: inout [Part], _ kind: RunKind
    ) -> Int? {
        if let known = parts.firstIndex(where: { $0.number == number }) { return known }
        if let final, let known = parts.firstIndex(where: { $0.final === final }) { return known }
        let free = parts.indices.filter { parts[$0].number == nil && !parts[$0].hasEnded && !parts[$0].isAbandoned }
        let living = free.first { parts[$0].final == nil }
        let place: Int
        if let final {
            place = part(of: final, in: &parts) { _ in living }
        } else if let taker = living ?? free.first {
            place = taker
        } else {
            guard fact.step(of: kind) != .unclear else { return nil }
            place = open(&parts, kind)
        }
        parts[place].number = number
        return place
    }

    /// The part of a fact without a number: the run opened last, unless the fact opens one or belongs to none.
    private func part(of fact: Fact, in parts: inout [Part], _ kind: RunKind) -> Int? {
        let step = fact.step(of: kind)
        guard let last = parts.last else { return step == .unclear ? nil : open(&parts, kind) }
        // After a number has closed a run, no fact without a number belongs to it, and only "accepted" opens another
        // run.
        if last.isClosedByNumber { return step == .accepted ? open(&parts, kind) : nil }
        let isReturn = kind == .testRun && isAfterReturn(fact, last)
        guard opens(fact, after: last, isReturn) else { return parts.count - 1 }
        if isReturn {
            for place in parts.indices where !parts[place].isSubmitted { parts[place].isAbandoned = true }
        }
        return open(&parts, kind)
    }

    private func open(_ parts: inout [Part], _ kind: RunKind) -> Int {
        parts.append(Part(kind: kind))
        return parts.count - 1
    }

    /// A state that is not an end opens another run after an end; so does "accepted" after anything else, but for a
    /// test only after its submission, and a build's state after a submission. Choice: a test that is accepted again
    /// while it waits still waits, unless its commit became the head again meanwhile.
    private func opens(_ fact: Fact, after part: Part, _ isReturn: Bool) -> Bool {
        switch (part.kind, fact.step(of: part.kind)) {
        case (_, .unclear), (_, .finished): false
        case (.build, .accepted), (.job, .accepted): part.hasEnded || !isAcceptedTwice(fact, after: part)
        case (.testRun, .accepted), (.testRun, .waiting): part.hasEnded || part.isSubmitted || isReturn
        default: part.hasEnded
        }
    }

    /// Rule 12: two within one second without a job's id are one.
    private func isAcceptedTwice(_ fact: Fact, after part: Part) -> Bool {
        guard let opening = part.facts.first, opening.step(of: part.kind) == .accepted, let time = fact.time else {
            return false
        }
        return opening.time == time && fact.status.job == nil && part.number == nil
    }

    private func isAfterReturn(_ fact: Fact, _ part: Part) -> Bool {
        guard let latest = part.latest, let time = fact.time else { return false }
        return returns.contains { latest < $0 && $0 <= time }
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

extension Run {
    fileprivate func isFinal(before fact: Fact) -> Bool {
        final.map { fact.receipt.order > $0.receivedCount } ?? false
    }
}

extension Fact {
    /// Whether it is the end of a build that a test's check shows.
    fileprivate func isEndOfBuild(for kind: RunKind) -> Bool {
        if kind == .testRun, case .finished(_, .build) = step(of: .testRun) { true } else { false }
    }
}
