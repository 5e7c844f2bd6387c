/// Which delivery is being decided, and which deliveries brought what deadlines will count later.
///
/// It is in memory only, and bounded: of what it has forgotten, or never knew, the decision is unknown. A replay names
/// no deliveries and keeps nothing.
struct DecisionMemory: Sendable {
    /// A delivery with an id.
    struct Source: Equatable, Sendable {
        let delivery: DeliveryID
        /// `nil` for a backend's, which names none.
        var repository: RepositoryID?
    }

    /// What a delivery may bring.
    enum Part: Hashable, Sendable {
        /// It began: a push, a command, the first step of a run.
        case opening
        /// The answer of a deployment to a change or a command.
        case answer(Deployment)
        /// The word on a run's outcome that counts.
        case outcome
        /// What superseded a run.
        case supersession
    }

    private struct Key: Hashable {
        let entity: EntityID
        let part: Part
    }

    private struct Entry {
        var source: Source?
        var input: Int64
    }

    /// The delivery of the current input; `nil` for a deadline, for an upstream's reply, and for one without an id.
    private(set) var current: Source?
    /// The project of a Copr build that it reports.
    private(set) var project: String?
    /// Who decides what is being counted; `nil` if that is not known.
    var deciding: Source?
    /// Whether a repository's deliveries may be shown, as found out for the current input.
    var shown: (repository: RepositoryID, isShown: Bool)?

    private var entries: [Key: Entry] = [:]
    /// In the order in which they were added, from `oldest` on.
    private var order: [Key] = []
    private var oldest = 0

    /// The limit of entries; the oldest is forgotten.
    static let limit = 16_384

    var count: Int { entries.count }

    mutating func begin(_ source: Source? = nil, project: String? = nil) {
        current = source
        self.project = project
        deciding = source
        shown = nil
    }

    /// - Parameter input: what `source(of:_:input:)` must name, where an entity may have had the part from several.
    mutating func remember(_ part: Part, of entity: EntityID, from source: Source?, input: Int64 = 0) {
        let key = Key(entity: entity, part: part)
        if source == nil, entries[key] == nil { return }
        guard entries.updateValue(Entry(source: source, input: input), forKey: key) == nil else { return }
        guard order.count >= Self.limit else {
            order.append(key)
            return
        }
        entries[order[oldest]] = nil
        order[oldest] = key
        oldest = (oldest + 1) % Self.limit
    }

    func source(of part: Part, _ entity: EntityID, input: Int64 = 0) -> Source? {
        guard !entries.isEmpty, let entry = entries[Key(entity: entity, part: part)], entry.input == input else {
            return nil
        }
        return entry.source
    }

    /// A batch was reverted: entities of the next one may get the same numbers.
    mutating func forgetAll() { self = DecisionMemory() }
}
