/// Reads the directory of repositories again and again. Stored rows that are the same as before are not decoded.
public struct RepositoryDirectoryReader: Sendable {
    private struct Row: Sendable {
        let value: [UInt8]
        let repository: ListedRepository
    }

    private var rows: [RepositoryID: Row] = [:]
    private var directory = RepositoryDirectory()
    private var hasForgottenPrivate = false

    public init() {}

    /// The directory as it is stored now.
    ///
    /// - Throws: what the source throws, or `RestoreError`.
    public mutating func read(from source: some StateSource) throws -> RepositoryDirectory {
        var ledger = Ledger(settings: LedgerSettings())
        try ledger.takeUp(.chronicle, from: source)
        let hasForgottenPrivate = ledger.chronicle.hasForgottenPrivate

        var read: [RepositoryID: Row] = [:]
        read.reserveCapacity(rows.count)
        var isSame = hasForgottenPrivate == self.hasForgottenPrivate
        let table = LedgerState.TableNumber.repositories.rawValue
        try source.forEachEntry(ofTable: table, where: { _ in true }) { key, value in
            let id = try RestoreError.of(table) { () throws(ByteCodingError) in try RepositoryID(key) }
            if let known = rows[id], known.value == value {
                read[id] = known
                return
            }
            let state = try RestoreError.of(table) { () throws(ByteCodingError) in try RepositoryState(stored: value) }
            let repository = ListedRepository(state)
            isSame = isSame && rows[id]?.repository == repository
            read[id] = Row(value: value, repository: repository)
        }
        if !isSame || read.count != rows.count {
            directory = RepositoryDirectory(
                of: read.values.lazy.map(\.repository), hasForgottenPrivate: hasForgottenPrivate)
        }
        rows = read
        self.hasForgottenPrivate = hasForgottenPrivate
        return directory
    }
}

/// What the directory tells of a repository.
struct ListedRepository: Equatable, Sendable {
    let id: RepositoryID
    let fullName: String
    /// The present name and former ones.
    let names: [String]
    let isPublic: Bool

    init(_ state: RepositoryState) {
        id = state.id
        fullName = state.fullName
        names = state.names
        isPublic = state.isPublic
    }
}
