internal import SLOCore

/// Decides what to look up next at one upstream. A value: time is an argument.
///
/// Fair among owners: of the owners with a due lookup, the one that has waited longest is served, with its lookup
/// nearest to its deadline. Urgent lookups go first, but never more than two in a row while others are due.
struct LookupSchedule: Sendable {
    let pace: LookupPace
    /// The limit of scheduled lookups.
    let limit: Int
    private var entries: [LookupRequest.Subject: Entry] = [:]
    /// When each owner was last served, by the number of the turn.
    private var servedInTurn: [String: Int] = [:]
    private var turn = 0
    private var urgentInARow = 0

    private struct Entry {
        var lookupRequest: LookupRequest
        var dueAt: Timestamp
        var isUrgent: Bool
        /// Whether a survey contained it. What only a hint named is removed after its lookup.
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

    /// Replaces the schedule by the lookups that are open now.
    /// - Returns: how many exceed the limit.
    mutating func survey(_ open: [LookupRequest], at now: Timestamp) -> Int {
        let wanted = open.count > limit ? Array(open.sorted { Self.goesBefore($0, $1, at: now) }.prefix(limit)) : open
        var kept = entries.filter { !$0.value.isOpen }
        for lookupRequest in wanted {
            var entry =
                entries[lookupRequest.subject]
                ?? Entry(
                    lookupRequest: lookupRequest, dueAt: pace.first(lookupRequest), isUrgent: false, isOpen: true)
            let isNews =
                lookupRequest.isUrgent && !entry.lookupRequest.isUrgent || entries[lookupRequest.subject] == nil
            entry.lookupRequest = lookupRequest
            entry.isOpen = true
            if lookupRequest.isUrgent, isNews { entry.enqueueUrgent(at: now) }
            kept[lookupRequest.subject] = entry
        }
        entries = kept
        let owners = Set(entries.values.map(\.lookupRequest.owner))
        servedInTurn = servedInTurn.filter { owners.contains($0.key) }
        return open.count - wanted.count
    }

    /// Schedules a lookup as early as possible.
    /// - Returns: whether there was room.
    mutating func enqueueUrgent(_ lookupRequest: LookupRequest, at now: Timestamp) -> Bool {
        guard entries[lookupRequest.subject] != nil || entries.count < limit else { return false }
        var entry =
            entries[lookupRequest.subject]
            ?? Entry(lookupRequest: lookupRequest, dueAt: now, isUrgent: true, isOpen: false)
        entry.enqueueUrgent(at: now)
        entries[lookupRequest.subject] = entry
        return true
    }

    /// The next due lookup, which then counts as asked.
    mutating func next(at now: Timestamp) -> LookupRequest? {
        let due = entries.values.filter { $0.dueAt <= now }
        let urgent = due.filter(\.isUrgent)
        let others = due.filter { !$0.isUrgent }
        let mustYield = urgentInARow >= Self.urgentAtOnce && !others.isEmpty
        let chosen = urgent.isEmpty || mustYield ? others : urgent
        let best = chosen.min { left, right in
            let turns = (servedInTurn[left.lookupRequest.owner] ?? 0, servedInTurn[right.lookupRequest.owner] ?? 0)
            return turns.0 == turns.1
                ? Self.goesBefore(left.lookupRequest, right.lookupRequest, at: now) : turns.0 < turns.1
        }
        guard var entry = best else { return nil }
        turn += 1
        servedInTurn[entry.lookupRequest.owner] = turn
        urgentInARow = entry.isUrgent ? urgentInARow + 1 : 0
        entry.askedAt = now
        entry.isUrgent = false
        entry.dueAt = pace.next(entry.lookupRequest, askedAt: now, failures: entry.failures)
        entries[entry.lookupRequest.subject] = entry
        return entry.lookupRequest
    }

    /// When the next lookup is due.
    var nextDue: Timestamp? { entries.values.lazy.map(\.dueAt).min() }

    /// The lookup succeeded.
    mutating func answered(_ subject: LookupRequest.Subject) {
        guard entries[subject]?.isOpen == true else {
            entries[subject] = nil
            return
        }
        entries[subject]?.failures = 0
        entries[subject]?.absences = 0
    }

    /// The lookup had no usable reply.
    mutating func failed(_ subject: LookupRequest.Subject) {
        guard var entry = entries[subject] else { return }
        entry.failures += 1
        entry.dueAt = pace.next(entry.lookupRequest, askedAt: entry.askedAt ?? entry.dueAt, failures: entry.failures)
        entries[subject] = entry.isOpen || entry.failures < Self.triesOfHint ? entry : nil
    }

    /// The upstream does not know the subject. One more lookup follows soon, in case of a mistake.
    /// - Returns: how many times in a row it did not know it.
    mutating func absent(_ subject: LookupRequest.Subject) -> Int {
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

    /// First those before their deadlines, the nearest first; then those past it, the latest first.
    private static func goesBefore(_ left: LookupRequest, _ right: LookupRequest, at now: Timestamp) -> Bool {
        let (isLeftLate, isRightLate) = (left.deadlineAt < now, right.deadlineAt < now)
        guard isLeftLate == isRightLate else { return isRightLate }
        return isLeftLate ? left.deadlineAt > right.deadlineAt : left.deadlineAt < right.deadlineAt
    }
}
