import SLOCore
import SLOStore
import Synchronization

/// What the journal's latest deliveries show that nothing explains: read once, and then only what is new.
struct JournalSurvey: Sendable {
    /// The most entries that one reading looks at.
    private static let entries: Int64 = 100_000
    private static let patternLimit = 500
    private static let futureLimit = 200

    /// What tells names apart. One that no rule can match is its own.
    enum Key: Hashable, Sendable {
        case pattern(NameRule.Pattern)
        case name(String)
    }

    struct Seen: Sendable {
        fileprivate(set) var statuses = 0
        fileprivate(set) var example: UnexplainedSnapshot.Example
        /// What the checks seem to be about.
        fileprivate var subjects: [CheckName.Subject: Int] = [:]
    }

    struct TimeAhead: Sendable {
        let observation: Observation
        let sequence: Int64
        let receivedAt: Timestamp
    }

    private(set) var since: Timestamp?
    private(set) var names: [Key: Seen] = [:]
    /// The latest of them, in their order.
    private(set) var timesAhead: [TimeAhead] = []
    private(set) var timesAheadCount = 0
    private var next: Int64 = 0

    /// Reads what was journalled since the last time.
    /// - Parameter isKnown: whether a rule of the present configuration knows a check's name.
    mutating func read(from store: any StoreReading, isKnown: (String) -> Bool) throws {
        let extent = try store.journalExtent()
        let first = max(next, extent.nextSequence - Self.entries, extent.firstSequence ?? extent.nextSequence)
        try store.forEachEntry(from: first, before: extent.nextSequence) { entry in
            guard entry.kind == .delivery else { return }
            since = since ?? entry.receivedAt
            for observation in entry.observations { note(observation, in: entry, isKnown) }
        }
        next = extent.nextSequence
    }

    private mutating func note(_ observation: Observation, in entry: StoredEntry, _ isKnown: (String) -> Bool) {
        if DeliveryFact(observation).isFromFuture(receivedAt: entry.receivedAt) {
            timesAheadCount += 1
            timesAhead.append(
                TimeAhead(observation: observation, sequence: entry.sequence, receivedAt: entry.receivedAt))
            if timesAhead.count > 2 * Self.futureLimit { timesAhead.removeFirst(Self.futureLimit) }
        }
        guard case .statusReported(let status) = observation, status.name.subject == .unknown,
            !isKnown(status.name.text)
        else { return }
        let key = NameRule.Pattern(status.name).map(Key.pattern) ?? .name(status.name.text)
        let example = UnexplainedSnapshot.Example(status, in: entry)
        names[key, default: Seen(example: example)].add(status, example)
        if names.count > Self.patternLimit { forgetOldest() }
    }

    private mutating func forgetOldest() {
        let oldest = names.min { $0.value.example.sequence < $1.value.example.sequence }
        if let oldest { names[oldest.key] = nil }
    }
}

extension JournalSurvey.Seen {
    fileprivate init(example: UnexplainedSnapshot.Example) {
        self.example = example
    }

    fileprivate mutating func add(_ status: StatusReported, _ example: UnexplainedSnapshot.Example) {
        statuses += 1
        self.example = example
        subjects[CheckName.Subject(guessedFrom: status), default: 0] += 1
    }

    /// What most of them seem to be about, of those that tell.
    var subject: CheckName.Subject {
        let told = subjects.filter { $0.key != .other }
        return told.max { ($0.value, $1.key.rawValue) < ($1.value, $0.key.rawValue) }?.key ?? .other
    }
}

extension UnexplainedSnapshot.Example {
    fileprivate init(_ status: StatusReported, in entry: StoredEntry) {
        let checkRun: Int64? = if case .checkRun(let id) = status.carrier { id } else { nil }
        self.init(
            name: status.name.text, deployment: status.deployment, repository: status.repository.fullName,
            pullRequest: status.pullRequests.first, sha: status.sha, checkRunID: checkRun, sequence: entry.sequence,
            receivedAt: entry.receivedAt)
    }
}

/// Keeps a survey between two readings.
final class JournalSurveyHolder: Sendable {
    private let survey = Mutex(JournalSurvey())

    func read(from store: any StoreReading, isKnown: (String) -> Bool) throws -> JournalSurvey {
        try survey.withLock { survey in
            try survey.read(from: store, isKnown: isKnown)
            return survey
        }
    }
}
