// What repositories are called, and which may be named where anybody can read.

import HashTreeCollections

extension Ledger {
    /// Learns a repository's id and present name. Earlier names stay known.
    mutating func meet(_ repository: Repository) {
        guard let known = state.repositories[repository.id] else {
            state.repositories[repository.id] = RepositoryState(
                id: repository.id, fullName: repository.fullName, isPrivate: repository.isPrivate)
            index(name: repository.fullName, of: repository.id)
            return
        }
        guard known.fullName != repository.fullName || known.isPrivate != repository.isPrivate else { return }
        var renamed = known
        let forgotten = renamed.rename(to: repository.fullName)
        renamed.isPrivate = repository.isPrivate
        state.repositories[repository.id] = renamed
        if let forgotten { forget(name: forgotten, of: repository.id) }
        // A name that is forgotten may be another in all but its case.
        for name in renamed.names { index(name: name, of: repository.id) }
    }

    mutating func index(name: String, of repository: Int64) {
        state.repositoriesOfName.add(repository, under: name.lowercased())
        state.repositoriesOfSlug.add(repository, under: CoprProject.slug(name))
    }

    private mutating func forget(name: String, of repository: Int64) {
        state.repositoriesOfName.remove(repository, under: name.lowercased())
        state.repositoriesOfSlug.remove(repository, under: CoprProject.slug(name))
    }

    /// The table of the stored state that alone tells about repositories (`StateKey.table`).
    public static let repositoriesTable = LedgerState.TableNumber.repositories.rawValue

    /// Whether a repository is known under that name, in either case, and GitHub does not mark it private. One that
    /// only a backend named is not known.
    public func isPublic(_ fullName: String) -> Bool {
        let known = state.repositoriesOfName[fullName.lowercased()]
        return !known.isEmpty && known.allSatisfy { state.repositories[$0]?.isPrivate == false }
    }
}
