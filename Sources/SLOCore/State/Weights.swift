// What the rows of the ledger take in memory, as an estimate that is a little above what is measured: a row in its
// table, its key there, the texts and lists that it holds, and its share of the tables that lead to it.

extension String {
    /// What it takes besides its own 16 bytes: up to 15 bytes of text lie in these.
    fileprivate var weight: Int {
        let count = utf8.count
        return count <= 15 ? 0 : count + 48
    }
}

extension Optional<String> {
    fileprivate var weight: Int { self?.weight ?? 0 }
}

/// A list's elements, and what it takes besides them. It has room for up to twice as many; how much is not asked, as a
/// list that was read again has less than one that grew, and what goes is to be the same.
private func list<Element>(_ elements: [Element]) -> Int {
    elements.isEmpty ? 0 : elements.count * MemoryLayout<Element>.stride * 3 / 2 + 48
}

/// A row in its table. A hash table keeps up to half of its places empty, and so does a list that grows.
private func entry<Key, Row>(_: Key.Type, _: Row.Type) -> Int {
    2 * (MemoryLayout<Key>.stride + 8) + 2 * MemoryLayout<Row?>.stride
}

/// An entity's own entry in a table that leads to it.
private let lead = 240
/// What a deadline takes that is armed, and a place among what was heard of longest ago.
private let timer = 160

extension RepositoryState: Weighed {
    var weight: Int {
        // Each name leads to it in lower case, and as Copr writes it.
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
            + moves.reduce(0) { $0 + $1.sha.weight }
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
    }
}

extension Lane: Weighed {
    var weight: Int {
        // Of its name, its commit and its event each is held again by its key.
        let texts =
            name.text.weight + name.event.weight + name.chroot.weight + name.identifier.weight
            + head.sha.weight + externalID.weight
        return entry(EntityID.self, Self.self) + entry(LaneKey.self, EntityID.self) + lead + timer + texts + list(runs)
            + list(facts) + facts.reduce(0) { $0 + $1.state.weight + ($1.requestID.map { $0.weight + lead } ?? 0) }
    }
}

extension Run: Weighed {
    /// A backend's run looks for it in up to four places.
    var weight: Int { entry(EntityID.self, Self.self) + lead + timer + (backend?.weight ?? 0) + 4 * 32 }
}

extension BackendRun: Weighed {
    var weight: Int {
        // A project may be read as a repository's in as many ways as it has dashes, and leads to it in each.
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
    /// What all of it takes, in bytes. The allocator adds half of what is asked of it.
    mutating func weigh() -> Int {
        let rows =
            repositories.weigh() + pullRequests.weigh() + heads.weigh() + changes.weigh() + lanes.weigh()
            + runs.weigh() + backends.weigh()
        return rows * 3 / 2
    }
}
