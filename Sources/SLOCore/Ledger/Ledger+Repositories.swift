// The names of repositories, and which of them may be public.

import HashTreeCollections

extension Ledger {
    /// Records a repository's id and present name. Earlier names stay known.
    mutating func register(_ repository: Repository) {
        let statedAt = repository.statedAt.map { effective($0) } ?? now
        guard let known = state.repositories[repository.id] else {
            var new = RepositoryState(
                id: repository.id, fullName: repository.fullName, isPrivate: repository.isPrivate, heardAt: now)
            new.namedAt = statedAt
            hideOrShow(&new, as: repository)
            if !new.isPublic || !state.repositoriesOfName[new.fullName.lowercased()].isEmpty {
                effects.hidesRepositories = true
            }
            state.repositories[repository.id] = new
            index(name: repository.fullName, of: repository.id)
            leastRecentRepositories.add(EntityID(repository.id.stored), age: now, limit: settings.trackedLimit)
            return
        }
        var renamed = known
        if known.heardAt.map({ now - $0 >= RepositoryState.heardPrecision }) ?? true { renamed.heardAt = now }
        hideOrShow(&renamed, as: repository)
        let forgotten = note(name: repository.fullName, statedAt: statedAt, of: &renamed)
        guard renamed != known else { return }
        if !renamed.isPublic || renamed.names != known.names { effects.hidesRepositories = true }
        state.repositories[repository.id] = renamed
        guard renamed.names != known.names else { return }
        if let forgotten { forget(name: forgotten, of: repository.id) }
        // A dropped name may differ from a kept one in its case only.
        for name in renamed.names { index(name: name, of: repository.id) }
        concern(buildsOfRepositoryNamed: repository.fullName)
    }

    /// A body older than the one with the present name contains a former name.
    /// - Returns: a name that is dropped for it.
    private func note(name: String, statedAt: Timestamp, of known: inout RepositoryState) -> String? {
        guard name != known.fullName else { return nil }
        if let namedAt = known.namedAt, statedAt < namedAt {
            known.noteFormer(name: name)
            return nil
        }
        known.namedAt = statedAt
        return known.rename(to: name)
    }

    /// Rule 37: every body that calls it private hides it at once. Only a body newer than all of those shows it again:
    /// an old one that is delivered late or again does not, and the age of one with a time in the future is unknown.
    private func hideOrShow(_ known: inout RepositoryState, as repository: Repository) {
        if repository.isPrivate {
            let hiddenAt = repository.statedAt.map { effective($0) } ?? now
            known.isPrivate = true
            known.hiddenAt = max(known.hiddenAt ?? hiddenAt, hiddenAt)
        } else if known.isPrivate, let statedAt = repository.statedAt, effective(statedAt) == statedAt {
            // Older versions did not store what hid it: then only a body as new as its receipt is certainly newer.
            guard statedAt > known.hiddenAt ?? (now - Self.futureTolerance) else { return }
            known.isPrivate = false
            known.hiddenAt = nil
        }
    }

    mutating func index(name: String, of repository: RepositoryID) {
        state.repositoriesOfName.add(repository, under: name.lowercased())
        state.repositoriesOfSlug.add(repository, under: CoprProject.slug(name))
    }

    /// A repository's present and former names as they appear in Copr projects' names.
    func slugs(of repository: RepositoryID) -> [String] {
        guard let known = state.repositories[repository] else { return [] }
        let names = known.names
        return names.count == 1 ? names.map(CoprProject.slug) : Array(Set(names.map(CoprProject.slug)))
    }

    private mutating func forget(name: String, of repository: RepositoryID) {
        state.repositoriesOfName.remove(repository, under: name.lowercased())
        state.repositoriesOfSlug.remove(repository, under: CoprProject.slug(name))
    }

    /// The only table of the stored state with data about repositories (`StateKey.table`).
    public static let repositoriesTable = LedgerState.TableNumber.repositories.rawValue

    /// Whether a repository with that name is known, case-insensitively, and not private. One that only a backend named
    /// is not known.
    public func isPublic(_ fullName: String) -> Bool {
        let known = state.repositoriesOfName[fullName.lowercased()]
        return !known.isEmpty && known.allSatisfy { state.repositories[$0]?.isPublic == true }
    }

    // MARK: - Removal

    /// Counts the tracked entities of a repository.
    mutating func noteUse(of repository: RepositoryID, _ change: Int) {
        let uses = (state.repositoryUses[repository] ?? 0) + change
        state.repositoryUses[repository] = uses > 0 ? uses : nil
        guard uses <= 0, let heardAt = state.repositories[repository].map(Self.heardAt) else { return }
        leastRecentRepositories.add(EntityID(repository.stored), age: heardAt, limit: settings.trackedLimit)
    }

    /// Of the repositories without tracked entities, the one that was not heard of for longest.
    mutating func leastRecentRepository() -> RepositoryState? {
        let unused = { (state: LedgerState, entity: EntityID) -> Timestamp? in
            let id = RepositoryID(stored: entity.number)
            return state.repositoryUses.contains(id) ? nil : state.repositories[id].map(Self.heardAt)
        }
        let oldest = leastRecentRepositories.first {
            unused(state, $0)
        } of: {
            state.repositories.keys.compactMap { id in
                let entity = EntityID(id.stored)
                return unused(state, entity).map { .init(age: $0, entity: entity) }
            }
        }
        return oldest.flatMap { state.repositories[RepositoryID(stored: $0.number)] }
    }

    /// Unknown for one that an older version stored.
    private static func heardAt(_ repository: RepositoryState) -> Timestamp {
        repository.heardAt ?? Timestamp(milliseconds: .min)
    }

    /// With its lessons.
    mutating func remove(_ repository: RepositoryState) {
        state.repositories[repository.id] = nil
        for name in repository.names { forget(name: name, of: repository.id) }
    }

    /// Removes its lessons, too. If it was private, everything that may belong to it is hidden from then on.
    mutating func forget(_ repository: RepositoryState) {
        remove(repository)
        for name in repository.names {
            guard !repository.isPublic else { continue }
            effects.hidesRepositories = true
            for other in state.repositoriesOfName[name.lowercased()] where state.repositories[other]?.isPublic == true {
                state.repositories.update(other) { $0.isConcealed = true }
            }
        }
        if !repository.isPublic { chronicle.hasForgottenPrivate = true }
    }
}
