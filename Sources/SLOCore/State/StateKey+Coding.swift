// The stored form of keys. Bytes sort like the numbers they stand for, so that rows created one after the other are
// neighbours in the database and a commit writes few pages.

/// A key of one of the ledger's tables.
protocol KeyCodable {
    /// What a stored key begins with: the stored form of the repository, for rows that are read by repository; 0 for
    /// all others.
    var storedRepository: Int64 { get }
    /// All but the repository.
    func writeKey(to writer: inout ByteWriter)
    init(repository: RepositoryID, fromKey reader: inout ByteReader) throws(ByteCodingError)
}

extension KeyCodable {
    var storedRepository: Int64 { 0 }

    /// Reads a stored key completely.
    init(_ key: StateKey) throws(ByteCodingError) {
        var reader = ByteReader(key.key)
        try self.init(repository: RepositoryID(stored: key.repository), fromKey: &reader)
        guard reader.isAtEnd else { throw ByteCodingError(message: "bytes of a key are left over") }
    }
}

extension Int64: KeyCodable {
    func writeKey(to writer: inout ByteWriter) { writer.writeOrdered(self) }
    init(repository: RepositoryID, fromKey reader: inout ByteReader) throws(ByteCodingError) {
        self = try reader.readOrdered()
    }
}

extension RepositoryID: KeyCodable {
    func writeKey(to writer: inout ByteWriter) { writer.writeOrdered(stored) }
    init(repository: RepositoryID, fromKey reader: inout ByteReader) throws(ByteCodingError) {
        self.init(stored: try reader.readOrdered())
    }
}

extension EntityID: KeyCodable {
    func writeKey(to writer: inout ByteWriter) { writer.writeOrdered(number) }
    init(repository: RepositoryID, fromKey reader: inout ByteReader) throws(ByteCodingError) {
        self.init(try reader.readOrdered())
    }
}

extension PullRequestKey: KeyCodable {
    var storedRepository: Int64 { repository.stored }
    func writeKey(to writer: inout ByteWriter) { writer.writeOrdered(Int64(number)) }
    init(repository: RepositoryID, fromKey reader: inout ByteReader) throws(ByteCodingError) {
        self.init(repository: repository, number: Int(try reader.readOrdered()))
    }
}

extension HeadKey: KeyCodable {
    var storedRepository: Int64 { repository.stored }
    func writeKey(to writer: inout ByteWriter) { writer.write(sha) }
    init(repository: RepositoryID, fromKey reader: inout ByteReader) throws(ByteCodingError) {
        self.init(repository: repository, sha: try reader.readString())
    }
}

extension BackendKey: KeyCodable {
    func writeKey(to writer: inout ByteWriter) {
        switch self {
        case .copr(let build, let chroot):
            writer.write(true)
            writer.writeOrdered(build)
            writer.write(chroot)
        case .testingFarm(let request):
            writer.write(false)
            writer.write(request)
        }
    }
    init(repository: RepositoryID, fromKey reader: inout ByteReader) throws(ByteCodingError) {
        self =
            try reader.read(Bool.self)
            ? .copr(build: try reader.readOrdered(), chroot: try reader.readString())
            : .testingFarm(request: try reader.readString())
    }
}

extension StateKey {
    init(_ table: LedgerState.TableNumber, _ key: some KeyCodable) {
        var writer = ByteWriter()
        key.writeKey(to: &writer)
        self.init(table: table.rawValue, repository: key.storedRepository, key: writer.bytes)
    }

    /// Converts a key from the time when keys were not sorted.
    /// - Throws: `RestoreError` if it is damaged.
    public func inOrder() throws(RestoreError) -> StateKey {
        do throws(ByteCodingError) {
            switch LedgerState.TableNumber(rawValue: table) {
            case .chronicle: return StateKey(.chronicle, try Int64(stored: key))
            case .repositories: return StateKey(.repositories, try RepositoryID(stored: key))
            case .pullRequests: return StateKey(.pullRequests, try PullRequestKey(stored: key))
            case .heads: return StateKey(.heads, try HeadKey(stored: key))
            case .changes: return StateKey(.changes, try EntityID(stored: key))
            case .lanes: return StateKey(.lanes, try EntityID(stored: key))
            case .runs: return StateKey(.runs, try EntityID(stored: key))
            case .backends: return StateKey(.backends, try BackendKey(stored: key))
            // These never had such keys.
            case .apps, .appPeriods, .commands: return self
            case nil: throw ByteCodingError(message: "there is no such table in this version")
            }
        } catch {
            throw RestoreError(table: table, reason: error.message)
        }
    }
}
