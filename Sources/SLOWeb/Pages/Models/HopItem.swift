import SLOCore
import SLOService
import SLOQueries

/// An entry of a commit's timeline with its hops: the first status, or a run.
struct HopItem: Sendable {
    struct Step: Sendable {
        let name: String
        let when: TimeText?
        /// The text if the time is unknown.
        let missing: String
        /// Since the previous step.
        let after: SpanText?
        /// Until the previous step, if this one is earlier: two clocks differ.
        let before: SpanText?

        /// - Parameters:
        ///   - previous: the previous step that has a time.
        ///   - first: the first step, whose day need not be repeated.
        ///   - missing: the text if the time is unknown.
        init(
            _ name: String, at time: Timestamp?, since previous: Timestamp?, first: Timestamp?, missing: String = ""
        ) {
            self.name = name
            when = time.map { TimeText(moment: $0, after: first) }
            self.missing = missing
            let gap = time.flatMap { time in previous.map { time - $0 } }
            after = gap.flatMap { $0 < .zero ? nil : SpanText($0) }
            before = gap.flatMap { $0 < .zero ? SpanText(.zero - $0) : nil }
        }
    }

    let name: String
    /// Whether the name is a check's.
    let isCode: Bool
    let deployment: String
    let word: String
    let tone: String
    let isUncounted: Bool
    /// The current hop and how long it has lasted, unless the entry has ended.
    let pending: String?
    let pendingTone: String
    let steps: [Step]
    let took: SpanText?
    let evidence: String?
    let links: [OutsideLink]
    let hasLinks: Bool
    let row: HopRow
    /// An SVG.
    private(set) var chart = ""

    func drawn(from: Timestamp, to: Timestamp) -> HopItem {
        var item = self
        let hops = row.hops.map(\.title).joined(separator: "; ")
        item.chart = row.hops.isEmpty ? "" : HopChart.svg(row, from: from, to: to, label: "\(name): \(hops)")
        return item
    }
}

// MARK: - The first status

extension HopItem {
    init(
        _ change: PullRequestSnapshot.Change, isLatest: Bool, isOpen: Bool?, _ settings: LedgerSettings, now: Timestamp
    ) {
        let start = change.startedAt
        let waits =
            change.answeredAt == nil && isLatest && isOpen != false
            && now - start < settings.horizon && change.verdict != .excluded
        let isLate = now - start > settings.initialStatusDeadline
        name = "First status"
        isCode = false
        deployment = change.deployment.label
        word = change.verdict?.title ?? (change.answeredAt != nil ? "answered" : "waiting")
        tone = change.verdict.map { "tone-\($0.tone)" } ?? ""
        isUncounted = change.verdict != nil && !change.isCounted
        pending = waits ? "No status \(DisplayFormat.lasting(since: start, until: now)) after the push." : nil
        pendingTone = isLate ? "tone-bad" : ""
        let answer = change.answeredAt.map { max($0, start) }
        steps = [
            Step("Pushed", at: start, since: nil, first: nil),
            Step(
                "First status", at: change.answeredAt, since: start, first: start,
                missing: change.verdict == .never ? "none when it was judged" : "none"),
        ]
        took = nil
        evidence =
            [
                futureNote([start, change.answeredAt], now: now),
                change.exclusion.map { "Excluded: \($0.sentence)." },
                change.verdict == .never ? "Never: there was no status one grace after the deadline." : nil,
                change.eligibility.map { "Eligibility: \($0.rawValue)." },
            ].compactMap { $0 }.joined(separator: " ").nonEmpty
        links = []
        hasLinks = false
        let end = answer ?? (waits ? nil : start)
        row = HopRow(hops: [
            HopRow.Hop(
                style: "status", from: start, to: end,
                title: answer.map { "first status after \(DisplayFormat.duration($0 - start))" } ?? "no status")
        ])
    }
}

// MARK: - A run

extension HopItem {
    init(_ run: PullRequestSnapshot.Run, links: [OutsideLink], now: Timestamp) {
        let story = run.story
        let hops = RunHops(story, now: now)
        name = story.name.isEmpty ? story.kind.title : story.name
        isCode = !story.name.isEmpty
        deployment = story.deployment.label
        isUncounted = !run.isCounted
        switch story.phase {
        case .waiting: (word, tone) = (story.kind == .testRun ? "waiting for its build" : "waiting", "tone-quiet")
        case .unfinished: (word, tone) = story.isOverdue ? ("overdue", "tone-bad") : (hops.current, "")
        case .settling: (word, tone) = ("ended, settling", "")
        case .finished(let outcome, _): (word, tone) = (outcome.rawValue, "tone-\(outcome.tone)")
        }
        pending = story.phase == .unfinished ? hops.pending : nil
        pendingTone = story.isOverdue ? "tone-bad" : ""
        steps = hops.steps
        took = hops.took.map(SpanText.init)
        evidence = run.evidence(now: now).nonEmpty
        self.links = links
        hasLinks = !links.isEmpty
        row = HopRow(hops: hops.drawn)
    }
}

/// The hops of a run: queued, started, ended at the backend, reported by its check.
private struct RunHops {
    let steps: [HopItem.Step]
    let drawn: [HopRow.Hop]
    let current: String
    let pending: String
    let took: TimeSpan?

    init(_ run: PullRequestStory.Run, now: Timestamp) {
        let backend = run.kind.backend
        let queued = run.queuedAt ?? run.firstSeenAt
        let started = run.startedAt.map { max($0, queued) }
        let finished = run.finishedAt.map { max($0, started ?? queued) }
        let ended = run.backendEndedAt.map { max($0, started ?? queued) }
        let isFinal = run.phase.isOver
        let endedAtBackend = backend.map { backend in
            HopItem.Step(
                "Ended at \(backend)", at: run.backendEndedAt, since: run.startedAt ?? queued, first: queued,
                missing: run.hasBackendEnded ? "at an unknown time" : isFinal ? "unknown" : "not yet")
        }
        let steps: [HopItem.Step?] = [
            .init(run.queuedAt == nil ? "First seen" : "Queued", at: queued, since: nil, first: nil),
            .init(
                "Started", at: run.startedAt, since: queued, first: queued,
                missing: isFinal || run.hasBackendEnded ? "unknown" : "not yet"),
            endedAtBackend,
            .init(
                run.isShownByCheck ? "Reported" : "Ended", at: run.finishedAt, since: run.backendEndedAt, first: queued,
                missing: isFinal ? "unknown" : "not yet"),
        ]
        self.steps = steps.compactMap { $0 }
        took = isFinal ? run.queuedAt.flatMap { queued in finished.map { $0 - queued } } : nil
        let afterQueue = started ?? ended ?? finished
        var drawn = [
            HopRow.Hop(
                style: "queued", from: queued, to: afterQueue,
                title: "queued for \(DisplayFormat.lasting(since: queued, until: afterQueue ?? now))")
        ]
        if let started {
            let to = ended ?? finished
            drawn.append(
                HopRow.Hop(
                    style: "started", from: started, to: to,
                    title: "running for \(DisplayFormat.lasting(since: started, until: to ?? now))"))
        }
        if let ended, finished.map({ $0 > ended }) ?? true {
            drawn.append(
                HopRow.Hop(
                    style: "report", from: ended, to: finished,
                    title: "not reported for \(DisplayFormat.lasting(since: ended, until: finished ?? now))"))
        }
        self.drawn = drawn
        if run.hasBackendEnded {
            current = "not reported"
            let ago = ended.map { " \(DisplayFormat.lasting(since: $0, until: now)) ago" } ?? ""
            pending = "Ended\(backend.map { " at \($0)" } ?? "")\(ago); its check does not show that."
        } else if let started {
            current = "running"
            let place = backend.map { " at \($0)" } ?? ""
            pending = "Running\(place) for \(DisplayFormat.lasting(since: started, until: now))."
        } else {
            current = "queued"
            let absence = backend.map { "; \($0) has not started it" } ?? ""
            pending = "Queued for \(DisplayFormat.lasting(since: queued, until: now))\(absence)."
        }
    }
}

extension PullRequestStory.Run.Phase {
    fileprivate var isOver: Bool {
        if case .finished = self { true } else { false }
    }
}

extension PullRequestSnapshot.Run {
    /// The evidence for the outcome.
    fileprivate func evidence(now: Timestamp) -> String {
        let times = [story.queuedAt, story.startedAt, story.backendEndedAt, story.finishedAt]
        var parts = [futureNote(times, now: now)].compactMap { $0 }
        if let state = story.checkState { parts.append("The check’s state is \(state.replacing("_", with: " ")).") }
        if let backend = story.kind.backend {
            if let outcome = story.backendOutcome { parts.append("\(backend) says \(outcome.rawValue).") }
            if !story.isShownByCheck { parts.append("Known from \(backend) only: no check shows it.") }
        }
        if case .finished(_, let reason) = story.phase, let sentence = reason.sentence {
            parts.append(sentence.prefix(1).uppercased() + sentence.dropFirst() + ".")
        }
        if let revised = revisedOutcome {
            parts.append("Later evidence says \(revised.rawValue); the counted outcome stays.")
        }
        return parts.joined(separator: " ")
    }
}

/// A note if a provider's time is in the future (docs/counting.md, rule 39).
private func futureNote(_ times: [Timestamp?], now: Timestamp) -> String? {
    guard times.contains(where: { $0.map { $0 > now + Ledger.futureTolerance } ?? false }) else { return nil }
    return "The provider’s time is in the future: deadlines count from the receipt."
}

extension String {
    fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}
