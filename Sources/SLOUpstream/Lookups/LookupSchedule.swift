internal import SLOCore

/// What one upstream is to be asked about, and what next. A value: time is an argument.
///
/// Everybody's turn comes: of those who have something due, the one that waited longest is served, and of what is
/// theirs the nearest to its deadline. What is urgent goes first, but never more than twice in a row while something
/// else is due.
struct LookupSchedule: Sendable {
    let pace: LookupPace
    /// How much is remembered.
    let limit: Int
    private var entries: [Inquiry.Subject: Entry] = [:]
    /// When an owner was last served, by the number of the turn.
    private var servedInTurn: [String: Int] = [:]
    private var turn = 0
    private var urgentInARow = 0

    private struct Entry {
        var inquiry: Inquiry
        var dueAt: Timestamp
        var isUrgent: Bool
        /// Whether a survey knew of it. What a hint alone told of is forgotten once it was answered.
        var isOpen: Bool
        var askedAt: Timestamp?
        var failures = 0
        var absences = 0

        mutating func enqueueUrgent(at now: Timestamp) {
            isUrgent = true
            failures = 0
            dueAt = max(now, askedAt.map { $0 + LookupPace.coalescing } ?? now)
        }
    }

    private static let urgentAtOnce = 2
    private static let triesOfHint = 5

    init(pace: LookupPace, limit: Int) {
        self.pace = pace
        self.limit = limit
    }

    var count: Int { entries.count }

    /// Takes over what is open now, and forgets what is not.
    /// - Returns: how many had no room.
    mutating func survey(_ open: [Inquiry], at now: Timestamp) -> Int {
        let wanted = open.count > limit ? Array(open.sorted { Self.goesBefore($0, $1, at: now) }.prefix(limit)) : open
        var kept = entries.filter { !$0.value.isOpen }
        for inquiry in wanted {
            var entry =
                entries[inquiry.subject]
                ?? Entry(
                    inquiry: inquiry, dueAt: pace.first(inquiry), isUrgent: false, isOpen: true)
            let isNews = inquiry.isUrgent && !entry.inquiry.isUrgent || entries[inquiry.subject] == nil
            entry.inquiry = inquiry
            entry.isOpen = true
            if inquiry.isUrgent, isNews { entry.enqueueUrgent(at: now) }
            kept[inquiry.subject] = entry
        }
        entries = kept
        let owners = Set(entries.values.map(\.inquiry.owner))
        servedInTurn = servedInTurn.filter { owners.contains($0.key) }
        return open.count - wanted.count
    }

    /// Asks about something as soon as it may be.
    /// - Returns: whether there was room.
    mutating func enqueueUrgent(_ inquiry: Inquiry, at now: Timestamp) -> Bool {
        guard entries[inquiry.subject] != nil || entries.count < limit else { return false }
        var entry = entries[inquiry.subject] ?? Entry(inquiry: inquiry, dueAt: now, isUrgent: true, isOpen: false)
        entry.enqueueUrgent(at: now)
        entries[inquiry.subject] = entry
        return true
    }

    /// What to ask about now, if anything is due. It counts as asked.
    mutating func next(at now: Timestamp) -> Inquiry? {
        let due = entries.values.filter { $0.dueAt <= now }
        let urgent = due.filter(\.isUrgent)
        let others = due.filter { !$0.isUrgent }
        let mustYield = urgentInARow >= Self.urgentAtOnce && !others.isEmpty
        let chosen = urgent.isEmpty || mustYield ? others : urgent
        let best = chosen.min { left, right in
            let turns = (servedInTurn[left.inquiry.owner] ?? 0, servedInTurn[right.inquiry.owner] ?? 0)
            return turns.0 == turns.1
                ? Self.goesBefore(left.inquiry, right.inquiry, at: now) : turns.0 < turns.1
        }
        guard var entry = best else { return nil }
        turn += 1
        servedInTurn[entry.inquiry.owner] = turn
        urgentInARow = entry.isUrgent ? urgentInARow + 1 : 0
        entry.askedAt = now
        entry.isUrgent = false
        entry.dueAt = pace.next(entry.inquiry, askedAt: now, failures: entry.failures)
        entries[entry.inquiry.subject] = entry
        return entry.inquiry
    }

    /// When something is due, as things stand.
    var nextDue: Timestamp? { entries.values.lazy.map(\.dueAt).min() }

    /// It was answered.
    mutating func answered(_ subject: Inquiry.Subject) {
        guard entries[subject]?.isOpen == true else {
            entries[subject] = nil
            return
        }
        entries[subject]?.failures = 0
        entries[subject]?.absences = 0
    }

    /// It brought nothing that could be used.
    mutating func failed(_ subject: Inquiry.Subject) {
        guard var entry = entries[subject] else { return }
        entry.failures += 1
        entry.dueAt = pace.next(entry.inquiry, askedAt: entry.askedAt ?? entry.dueAt, failures: entry.failures)
        entries[subject] = entry.isOpen || entry.failures < Self.triesOfHint ? entry : nil
    }

    /// The upstream does not know it. It is asked once more soon, in case it was a mistake.
    /// - Returns: how often in a row it said so.
    mutating func absent(_ subject: Inquiry.Subject) -> Int {
        failed(subject)
        guard var entry = entries[subject], entry.isOpen else {
            entries[subject] = nil
            return 1
        }
        entry.absences += 1
        if entry.absences == 1, let askedAt = entry.askedAt { entry.dueAt = askedAt + pace.interval }
        entries[subject] = entry
        return entry.absences
    }

    /// Before their deadlines those that are nearest to them, then those that passed them last.
    private static func goesBefore(_ left: Inquiry, _ right: Inquiry, at now: Timestamp) -> Bool {
        let (isLeftLate, isRightLate) = (left.deadlineAt < now, right.deadlineAt < now)
        guard isLeftLate == isRightLate else { return isRightLate }
        return isLeftLate ? left.deadlineAt > right.deadlineAt : left.deadlineAt < right.deadlineAt
    }
}
