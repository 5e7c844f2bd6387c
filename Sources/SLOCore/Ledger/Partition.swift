/// Assigns the facts of a lane to runs (docs/counting.md, rules 12 and 28, and lanes).
///
/// The facts are in order of their check-run ids, so the assignment is the same for every order of arrival. A job's
/// number identifies a run, in any position; a fact without one belongs to the run that was opened last before it.
struct Partition {
    let kind: RunKind
    /// When the head of the lane's pull request returned to its commit.
    let returns: [Timestamp]
    /// Final runs, by the input at which they became final. One with a number is where its number is; one without keeps
    /// the facts that it had then.
    let final: [EntityID: Int64]

    /// One run's facts.
    struct Portion {
        /// The positions of its facts, in order.
        fileprivate(set) var places: [Int] = []
        fileprivate(set) var jobID: Int64?
        /// The final run that it is.
        fileprivate(set) var decided: EntityID?
        fileprivate var acceptedAt: Timestamp?
        fileprivate var isSubmitted = false
        fileprivate var hasEnded = false
        fileprivate var hasBuildEnded = false
        /// An end with its job's number was read: no fact without a number belongs to it any more.
        fileprivate var isClosedByNumber = false
        /// The head returned to the commit while it waited: a later submission is another run.
        fileprivate var isAbandoned = false
        fileprivate var lastTime: Timestamp?

        /// The end of a build does not end a test that was submitted, before or after it.
        fileprivate var hasTerminal: Bool { hasEnded || hasBuildEnded && !isSubmitted }
    }

    /// The runs in order of their openings. Facts that belong to none are in history only.
    func portions(of facts: [Fact]) -> [Portion] {
        var reader = Reader(partition: self, facts: facts)
        for place in facts.indices { reader.read(place) }
        return reader.portions
    }

    /// Reads the facts one after the other.
    private struct Reader {
        let partition: Partition
        let facts: [Fact]
        var portions: [Portion] = []
        /// To which run the states of a check-run id belong: all to one run, or none to any.
        private var ofCheck: [Ownership] = []
        /// What final runs contain, in any position; most lanes have none.
        private let decided: Decided

        private struct Ownership {
            let check: Int64
            let portion: Int?
        }

        private var kind: RunKind { partition.kind }

        init(partition: Partition, facts: [Fact]) {
            self.partition = partition
            self.facts = facts
            decided = partition.final.isEmpty ? Decided() : Decided(partition, facts)
        }

        mutating func read(_ place: Int) {
            let fact = facts[place]
            // It stays a part of a run that was decided with it.
            if isLeftBehind(place), partition.decidedRun(of: fact) == nil { return }
            guard let check = fact.checkRunID else {
                let run = partition.decidedRun(of: fact).flatMap { decided.numbered.contains($0) ? nil : $0 }
                let portion = portion(at: place, job: fact.jobID(as: kind), decided: run)
                if let portion { add(place, to: portion) }
                return
            }
            if let known = ofCheck.last(where: { $0.check == check }) {
                if let portion = known.portion { add(place, to: portion) }
                return
            }
            let portion = portion(at: place, job: job(ofCheck: check, at: place), decided: decided.ofCheck[check])
            ofCheck.append(Ownership(check: check, portion: portion))
            if let portion { add(place, to: portion) }
        }

        /// The number that a check's states name, the last of several. They are consecutive, with nothing but statuses
        /// in between.
        private func job(ofCheck check: Int64, at place: Int) -> Int64? {
            func mayBeBetween(_ fact: Fact) -> Bool { fact.checkRunID == nil || fact.checkRunID == check }
            let first = facts[..<place].lastIndex { !mayBeBetween($0) }.map { $0 + 1 } ?? 0
            var job: Int64?
            for fact in facts[first...] {
                guard mayBeBetween(fact) else { break }
                if fact.checkRunID == check { job = fact.jobID(as: kind) ?? job }
            }
            return job
        }

        private mutating func portion(at place: Int, job: Int64?, decided run: EntityID?) -> Int? {
            if let job { return portion(ofJob: job, at: place) }
            guard let run else {
                return decided.around[place].flatMap { portion(ofDecided: $0) } ?? portion(withoutJobAt: place)
            }
            return portion(ofDecided: run) ?? settle(run, in: portion(withoutJobAt: place))
        }

        private func portion(ofDecided run: EntityID) -> Int? {
            portions.firstIndex { $0.decided == run }
        }

        /// A final run is where its facts are, unless another one is there.
        private mutating func settle(_ decided: EntityID, in portion: Int?) -> Int {
            let place = portion.flatMap { portions[$0].decided == nil ? $0 : nil } ?? open()
            portions[place].decided = decided
            return place
        }

        /// A new number belongs to the oldest open run without one; it opens a run only if there is none.
        private mutating func portion(ofJob job: Int64, at place: Int) -> Int? {
            if let known = portions.firstIndex(where: { $0.jobID == job }) { return known }
            let taker: Int?
            if let run = decided.ofJob[job] {
                if let known = portion(ofDecided: run) { return known }
                taker = settle(run, in: takerOfNumber(isFinal: true))
            } else {
                taker = takerOfNumber(isFinal: false) ?? (facts[place].step(as: kind) == .unclear ? nil : open())
            }
            guard let taker else { return nil }
            portions[taker].jobID = job
            return taker
        }

        /// A final run without an end of its own, because it was superseded, comes after those that still wait.
        private func takerOfNumber(isFinal: Bool) -> Int? {
            let free = portions.indices.filter {
                portions[$0].jobID == nil && !portions[$0].hasTerminal && !portions[$0].isAbandoned
            }
            return free.first { portions[$0].decided == nil } ?? (isFinal ? nil : free.first)
        }

        private mutating func portion(withoutJobAt place: Int) -> Int? {
            let fact = facts[place]
            let step = fact.step(as: kind)
            guard let last = portions.indices.last else { return step == .unclear ? nil : open() }
            let current = portions[last]
            if current.isClosedByNumber { return step == .accepted ? open() : nil }
            guard opens(fact, after: current) else { return last }
            if isAfterReturn(fact, current) {
                for portion in portions.indices where !portions[portion].isSubmitted {
                    portions[portion].isAbandoned = true
                }
            }
            return open()
        }

        private mutating func open() -> Int {
            portions.append(Portion())
            return portions.count - 1
        }

        /// An end by GitHub after Packit had posted a later state says nothing.
        private func isLeftBehind(_ place: Int) -> Bool {
            let fact = facts[place]
            guard fact.isEndedByGitHub, let check = fact.checkRunID, let end = fact.time(as: kind) else { return false }
            return facts[place...].contains { $0.checkRunID != check && $0.postedAt <= end }
        }

        private func opens(_ fact: Fact, after current: Portion) -> Bool {
            switch (kind, fact.step(as: kind)) {
            case (_, .unclear), (_, .finished):
                return false
            case (.build, .accepted), (.job, .accepted):
                return current.hasTerminal || !isSameAcceptance(fact, current)
            case (.testRun, .accepted), (.testRun, .waiting):
                return current.hasTerminal || current.isSubmitted || isAfterReturn(fact, current)
            default:
                return current.hasTerminal
            }
        }

        /// Two "accepted" within one second without a job id are the same.
        private func isSameAcceptance(_ fact: Fact, _ current: Portion) -> Bool {
            current.acceptedAt != nil && current.acceptedAt == fact.time(as: kind) && fact.job == nil
                && current.jobID == nil
        }

        private func isAfterReturn(_ fact: Fact, _ current: Portion) -> Bool {
            guard kind == .testRun, let last = current.lastTime, let time = fact.time(as: kind) else { return false }
            return partition.returns.contains { last < $0 && $0 <= time }
        }

        private mutating func add(_ place: Int, to index: Int) {
            let fact = facts[place]
            let step = fact.step(as: kind)
            let time = fact.time(as: kind)
            let job = fact.jobID(as: kind)
            if portions[index].places.isEmpty, step == .accepted { portions[index].acceptedAt = time }
            portions[index].places.append(place)
            portions[index].jobID = portions[index].jobID ?? job
            if let time { portions[index].lastTime = max(portions[index].lastTime ?? time, time) }
            switch step {
            case .finished where isLeftBehind(place): break
            case .queued, .started: portions[index].isSubmitted = true
            case .finished(_, .build) where kind == .testRun: portions[index].hasBuildEnded = true
            case .finished:
                portions[index].hasEnded = true
                if job != nil { portions[index].isClosedByNumber = true }
            case .accepted, .waiting, .unclear: break
            }
        }
    }

    /// What the facts of final runs say about all facts.
    private struct Decided {
        /// Final runs with a number, which may be in a later position; and the same by number.
        var numbered: Set<EntityID> = []
        var ofJob: [Int64: EntityID] = [:]
        /// Final runs without a number, by the checks whose states they contain.
        var ofCheck: [Int64: EntityID] = [:]
        /// The final run without a number between whose facts a position is: later facts do not divide it.
        var around: [Int: EntityID] = [:]

        init() {}

        init(_ partition: Partition, _ facts: [Fact]) {
            for fact in facts {
                guard let job = fact.jobID(as: partition.kind), let run = partition.decidedRun(of: fact) else {
                    continue
                }
                numbered.insert(run)
                if ofJob[job] == nil { ofJob[job] = run }
            }
            var spans: [EntityID: ClosedRange<Int>] = [:]
            for (place, fact) in facts.enumerated() {
                guard let run = partition.decidedRun(of: fact), !numbered.contains(run) else { continue }
                spans[run] = (spans[run]?.lowerBound ?? place)...place
                if let check = fact.checkRunID { ofCheck[check] = ofCheck[check] ?? run }
            }
            for (run, span) in spans.sorted(by: { $0.value.lowerBound < $1.value.lowerBound }) {
                let finalInput = partition.final[run] ?? .max
                for place in span.dropFirst() where around[place] == nil && facts[place].input > finalInput {
                    around[place] = run
                }
            }
        }
    }

    /// The final run that was decided with this fact.
    private func decidedRun(of fact: Fact) -> EntityID? {
        guard let run = fact.decidedRun, final[run] != nil, fact.step(as: kind) != .unclear else { return nil }
        return run
    }
}

extension Fact {
    var checkRunID: Int64? {
        if case .checkRun(let id) = carrier { id } else { nil }
    }
}
