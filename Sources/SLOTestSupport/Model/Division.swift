internal import SLOCore

/// How the facts of a lane divide into runs (rules 12 and 28, and docs/counting.md, lanes).
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
        for (run, part) in zip(runs, parts) { run.become(part.facts) }
        return known.filter { run in !runs.contains { $0 === run } }
    }

    /// What is of one run.
    private struct Part {
        var facts: [Fact] = []
        /// The run that is final, if it is one.
        var final: Run?

        /// What is known of it: of a final run all that it had then.
        private var known: [Fact] { facts + (final?.ownFacts ?? []) }

        func number(_ kind: RunKind) -> Int64? {
            known.lazy.compactMap { $0.jobID(of: kind) }.first
        }

        func isClosedByNumber(_ kind: RunKind) -> Bool {
            known.contains { $0.step(of: kind).isEnd && $0.jobID(of: kind) != nil }
        }

        /// In a test lane the end of a build does not end what was submitted (fine print to 12).
        func ends(_ kind: RunKind) -> [Fact] {
            facts.filter { fact in
                guard case .finished(_, let reason) = fact.step(of: kind) else { return false }
                return kind == .build || reason != .build || !isSubmitted(kind)
            }
        }

        /// Whether a test was submitted: anything but its waiting for a build, and no end that is the build's.
        func isSubmitted(_ kind: RunKind) -> Bool {
            facts.contains { fact in
                switch fact.step(of: kind) {
                case .queued, .started: true
                case .unclear, .accepted, .waiting, .finished: false
                }
            }
        }
    }

    /// The run of each part, by the part's place (choices). The part that has what a run was first counted for stays
    /// that run. Where that is so of several, it is one that was counted, and of two such the newer one; the other is
    /// the last part that has something of its own and is no run's yet.
    private func keptRuns(_ parts: [Part]) -> [Int: Run] {
        let counted = runs.filter { $0.countedSince != nil }
        let uncounted = runs.filter { $0.countedSince == nil }
        var kept: [Int: Run] = [:]
        for place in parts.indices { kept[place] = parts[place].final }
        for run in counted.reversed() + uncounted.reversed() where !kept.values.contains(where: { $0 === run }) {
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
        return kept
    }

    /// Where a fact goes.
    private enum Place {
        case part(Int)
        case another
        /// It is history, and of no run.
        case none
    }

    private func division(_ kind: RunKind) -> [Part] {
        let facts = facts
        let sealed = sealedRanges(facts, kind)
        let returns = kind == .testRun ? returns : []
        var parts: [Part] = []
        for (index, fact) in facts.enumerated() {
            // A run that is final keeps what it had: of one that numbers name, all that shows one of these.
            if let run = runs.first(where: { keeps($0, fact, kind) }) {
                parts[home(of: run, by: fact, in: &parts, kind, returns)].facts.append(fact)
                continue
            }
            // Nor does an opening that comes late divide one that no number tells from others.
            let run = sealed.first { $0.range.lowerBound < index && index <= $0.range.upperBound }?.run
            let within = parts.firstIndex { $0.final === run && run != nil }
            switch within.map(Place.part) ?? place(of: fact, after: parts, kind, returns) {
            case .part(let place): parts[place].facts.append(fact)
            case .another: parts.append(Part(facts: [fact]))
            case .none: break
            }
        }
        return parts
    }

    private func keeps(_ run: Run, _ fact: Fact, _ kind: RunKind) -> Bool {
        guard let final = run.final else { return false }
        let numbers = run.ownFacts.compactMap { $0.jobID(of: kind) }
        guard let number = fact.jobID(of: kind) else { return numbers.isEmpty && final.facts.contains(fact.id) }
        return numbers.contains(number)
    }

    /// The part of a final run; what arrived late and turns out to be the beginning of it is of it.
    private func home(
        of run: Run, by fact: Fact, in parts: inout [Part], _ kind: RunKind, _ returns: [Timestamp]
    ) -> Int {
        if let known = parts.firstIndex(where: { $0.final === run }) { return known }
        if case .part(let place) = place(of: fact, after: parts, kind, returns), parts[place].final == nil {
            parts[place].final = run
            return place
        }
        parts.append(Part(final: run))
        return parts.count - 1
    }

    /// From where to where the facts of each final run reach that shows no number.
    private func sealedRanges(_ facts: [Fact], _ kind: RunKind) -> [(range: ClosedRange<Int>, run: Run)] {
        runs.compactMap { run in
            guard let final = run.final else { return nil }
            let own = facts.indices.filter { final.facts.contains(facts[$0].id) }
            guard let first = own.first, let last = own.last, !own.contains(where: { facts[$0].jobID(of: kind) != nil })
            else { return nil }
            return (first...last, run)
        }
    }

    /// Which of the runs that opened before it a fact is of, or whether it opens another one.
    private func place(of fact: Fact, after parts: [Part], _ kind: RunKind, _ returns: [Timestamp]) -> Place {
        // All states of one check are of one run.
        if let id = fact.checkID, let known = parts.firstIndex(where: { $0.facts.contains { $0.checkID == id } }) {
            // Choice: that GitHub ends what Packit left behind says nothing of a run that a number has closed.
            let isHistory = fact.isEnd && fact.jobID(of: kind) == nil && parts[known].isClosedByNumber(kind)
            return isHistory ? .none : .part(known)
        }
        if let number = fact.jobID(of: kind) { return place(of: number, in: parts, kind) }
        guard let last = parts.last else { return .another }
        let isOpening =
            kind == .build ? opensBuild(fact, after: last) : opensTest(fact, after: last, returns)
        if isOpening { return .another }
        // What a number has closed takes nothing that has none, and only "accepted" opens another run after it.
        return last.ends(kind).contains { $0.jobID(of: kind) != nil } ? .none : .part(parts.count - 1)
    }

    /// Of the run that shows the number; a new number is the oldest open run's that shows none.
    private func place(of number: Int64, in parts: [Part], _ kind: RunKind) -> Place {
        if let known = parts.firstIndex(where: { $0.facts.contains { $0.jobID(of: kind) == number } }) {
            return .part(known)
        }
        // A test that only waits is dropped for the one that comes after it.
        let open = parts.indices.filter { index in
            parts[index].number(kind) == nil && parts[index].ends(kind).isEmpty
                && (kind == .build || index == parts.count - 1 || parts[index].isSubmitted(kind))
        }
        // Choice: a test that was submitted goes before those that wait, and what was ended for it, superseded for one,
        // takes it only if nothing else does.
        let living = open.filter { parts[$0].final == nil }
        let place = living.first { kind == .testRun && parts[$0].isSubmitted(kind) } ?? living.first ?? open.first
        return place.map(Place.part) ?? .another
    }

    private func opensBuild(_ fact: Fact, after part: Part) -> Bool {
        if fact.step(of: .build) == .accepted { return !isAcceptedTwice(fact, after: part) }
        return opensAfterEnd(fact, of: part, .build)
    }

    /// Fine print to 12: two of them in one second without a job's id are one.
    private func isAcceptedTwice(_ fact: Fact, after part: Part) -> Bool {
        guard let opening = part.facts.first, opening.step(of: .build) == .accepted, let time = fact.time,
            opening.time == time
        else { return false }
        return fact.status.job == nil && part.number(.build) == nil && part.ends(.build).isEmpty
    }

    /// A build's state after a submission opens a test that waits, and so does what comes first after the commit
    /// became the head again. Choice: a test that is accepted again while it waits still waits.
    private func opensTest(_ fact: Fact, after part: Part, _ returns: [Timestamp]) -> Bool {
        let step = fact.step(of: .testRun)
        if step == .accepted, !part.ends(.testRun).isEmpty || part.isSubmitted(.testRun) { return true }
        if opensAfterEnd(fact, of: part, .testRun) { return true }
        guard step == .accepted || step == .waiting, part.ends(.testRun).isEmpty else { return false }
        if part.isSubmitted(.testRun) { return true }
        let before = part.facts.last?.placedAt ?? fact.placedAt
        return returns.contains { before < $0 && $0 <= fact.placedAt }
    }

    /// A state that is no end opens another run after an end that shows no number.
    private func opensAfterEnd(_ fact: Fact, of part: Part, _ kind: RunKind) -> Bool {
        if case .finished = fact.step(of: kind) { return false }
        let ends = part.ends(kind)
        return !ends.isEmpty && !ends.contains { $0.jobID(of: kind) != nil }
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
