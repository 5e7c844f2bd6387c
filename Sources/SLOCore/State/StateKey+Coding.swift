// How the keys of stored rows are written: so that bytes go in the order of the numbers they stand for. Rows that come
// about one after the other then lie side by side in the database, and a commit writes few of its pages.

/// What a table of the ledger's state is keyed by.
protocol KeyCodable {
    /// All but the repository, which a stored key has beside it.
    func writeKey(to writer: inout ByteWriter)
    init(repository: Int64, fromKey reader: inout ByteReader) throws(ByteCodingError)
}

extension KeyCodable {
    var keyBytes: [UInt8] {
        var writer = ByteWriter()
        writeKey(to: &writer)
        return writer.bytes
    }

    /// Reads a stored key to its end.
    init(_ key: StateKey) throws(ByteCodingError) {
        var reader = ByteReader(key.key)
        try self.init(repository: key.repository, fromKey: &reader)
        guard reader.isAtEnd else { throw ByteCodingError(message: "bytes of a key are left over") }
    }
}

extension Int64: KeyCodable {
    func writeKey(to writer: inout ByteWriter) { writer.writeOrdered(self) }
    init(repository: Int64, fromKey reader: inout ByteReader) throws(ByteCodingError) {
        self = try reader.readOrdered()
    }
}

extension EntityID: KeyCodable {
    func writeKey(to writer: inout ByteWriter) { writer.writeOrdered(number) }
    init(repository: Int64, fromKey reader: inout ByteReader) throws(ByteCodingError) {
        self.init(try reader.readOrdered())
    }
}

extension PullRequestKey: KeyCodable {
    func writeKey(to writer: inout ByteWriter) { writer.writeOrdered(Int64(number)) }
    init(repository: Int64, fromKey reader: inout ByteReader) throws(ByteCodingError) {
        self.init(repository: repository, number: Int(try reader.readOrdered()))
    }
}

extension HeadKey: KeyCodable {
    func writeKey(to writer: inout ByteWriter) { writer.write(sha) }
    init(repository: Int64, fromKey reader: inout ByteReader) throws(ByteCodingError) {
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
    init(repository: Int64, fromKey reader: inout ByteReader) throws(ByteCodingError) {
        self =
            try reader.read(Bool.self)
            ? .copr(build: try reader.readOrdered(), chroot: try reader.readString())
            : .testingFarm(request: try reader.readString())
    }
}

extension StateKey {
    /// The same key, of a row that was stored when keys were in no order.
    /// - Throws: `RestoreError` when it was damaged.
    public func inOrder() throws(RestoreError) -> StateKey {
        do throws(ByteCodingError) {
            return StateKey(table: table, repository: repository, key: try orderedBytes())
        } catch {
            throw RestoreError(table: table, reason: error.message)
        }
    }

    private func orderedBytes() throws(ByteCodingError) -> [UInt8] {
        switch LedgerState.TableNumber(rawValue: table) {
        case .chronicle, .repositories: try Int64(stored: key).keyBytes
        case .pullRequests: try PullRequestKey(stored: key).keyBytes
        case .heads: try HeadKey(stored: key).keyBytes
        case .changes, .lanes, .runs: try EntityID(stored: key).keyBytes
        case .backends: try BackendKey(stored: key).keyBytes
        case nil: throw ByteCodingError(message: "there is no such table in this version")
        }
    }
}
