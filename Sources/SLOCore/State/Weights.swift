// The memory of the ledger's rows, as an estimate slightly above measured values: a row and its key in its table, its
// texts and lists, and its entries in derived tables.

extension String {
    /// Memory besides the 16 bytes of the value: texts of up to 15 bytes need none.
    fileprivate var weight: Int {
        let count = utf8.count
        return count <= 15 ? 0 : count + 48
    }
}

extension Optional<String> {
    fileprivate var weight: Int { self?.weight ?? 0 }
}

/// A list's elements and its overhead. Its unused capacity, up to the same again, is ignored: it differs between a list
/// that grew and one that was restored, and evictions must not depend on that.
private func list<Element>(_ elements: [Element]) -> Int {
    elements.isEmpty ? 0 : elements.count * MemoryLayout<Element>.stride * 3 / 2 + 48
}

private func list(of names: [Objective.Name]) -> Int {
    names.reduce(list(names)) { $0 + $1.rawValue.weight }
}

/// A row in its table. Hash tables and growing arrays have up to half of their places free.
private func entry<Key, Row>(_: Key.Type, _: Row.Type) -> Int {
    2 * (MemoryLayout<Key>.stride + 8) + 2 * MemoryLayout<Row?>.stride
}

/// An entity's own entry in a table that refers to it.
private let lead = 240
/// An armed deadline, and an entry in the eviction queue.
private let timer = 160

extension RepositoryState: Weighed {
    var weight: Int {
        // Each name refers to it in lower case, and in Copr's spelling.
        let names = names.reduce(0) { $0 + 3 * $1.weight + 3 * lead }
        return entry(Int64.self, Self.self) + names + list(formerNames) + list(lessons)
            + lessons.reduce(0) { $0 + $1.baseRef.weight + $1.deployment.label.weight } + list(refs)
            + refs.reduce(0) { $0 + $1.weight } + list(projects) + projects.reduce(0) { $0 + 2 * $1.name.weight + lead }
            + list(kinds) + kinds.reduce(0) { $0 + $1.name.weight }
    }
}

extension PullRequest: Weighed {
    var weight: Int {
        entry(PullRequestKey.self, Self.self) + lead + timer + list(moves) + list(closings)
            + moves.reduce(0) { $0 + $1.sha.weight } + closings.reduce(0) { $0 + ($1.shown?.sha.weight ?? 0) }
            + (base?.name.weight ?? 0) + list(appComments)
    }
}

extension Head: Weighed {
    var weight: Int {
        entry(HeadKey.self, Self.self) + lead + timer + key.sha.weight + list(changes) + list(lanes)
            + list(pullRequests)
            + list(answers) + answers.reduce(0) { $0 + $1.externalID.weight + list($1.times) } + list(readings)
            + readings.reduce(0) { $0 + $1.externalID.weight }
    }
}

extension Change: Weighed {
    var weight: Int {
        entry(EntityID.self, Self.self) + lead + timer + sha.weight + baseRef.weight + list(addressees) + list(waits)
            + waits.reduce(0) { $0 + list(of: $1.judgedBy) }
    }
}

extension Command: Weighed {
    /// Its commit is a key as well.
    var weight: Int {
        entry(EntityID.self, Self.self) + entry(CommandKey.self, EntityID.self) + 2 * lead + timer + 2 * sha.weight
            + list(of: judgedBy)
    }
}

extension Lane: Weighed {
    var weight: Int {
        // Name, commit and event are stored again in its key.
        let texts =
            name.text.weight + name.event.weight + name.chroot.weight + name.identifier.weight
            + head.sha.weight + externalID.weight
        return entry(EntityID.self, Self.self) + entry(LaneKey.self, EntityID.self) + lead + timer + texts + list(runs)
            + list(facts) + facts.reduce(0) { $0 + $1.state.weight + ($1.requestID.map { $0.weight + lead } ?? 0) }
    }
}

extension Run: Weighed {
    /// A backend run is in up to four indexes.
    var weight: Int {
        entry(EntityID.self, Self.self) + lead + timer + (backend?.weight ?? 0) + 4 * 32 + list(of: judgedBy)
    }
}

extension BackendRun: Weighed {
    var weight: Int {
        // A project's name may contain a repository's in as many ways as it has dashes; each has an entry.
        let dashes = project?.utf8.count { $0 == UInt8(ascii: "-") } ?? 0
        let readings = dashes * (lead + project.weight / 2 + 48)
        return entry(BackendKey.self, Self.self) + 3 * lead + timer + readings + 2 * key.weight + project.weight
            + repositoryName.weight + sha.weight + chroot.weight + owner.weight + version.weight
    }
}

extension BackendKey {
    fileprivate var weight: Int {
        switch self {
        case .copr(_, let chroot): chroot.weight
        case .testingFarm(let request): request.weight
        }
    }
}

extension LedgerState {
    /// The total in bytes. The allocator adds half.
    mutating func weigh() -> Int {
        let rows =
            repositories.weigh() + pullRequests.weigh() + heads.weigh() + changes.weigh() + lanes.weigh()
            + runs.weigh() + backends.weigh() + commands.weigh()
        return rows * 3 / 2
    }
}
