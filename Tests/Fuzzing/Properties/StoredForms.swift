@testable import SLOCore

extension Property {
    /// Damaged bytes are refused; what can be read is written as it is read.
    static let stored = Property(name: "stored") { input in
        var input = Choices(input)
        try input.one(of: forms)(input.bytes)
    }

    private static let forms: [@Sendable ([UInt8]) throws -> Void] = [
        form([Observation].self), form(Chronicle.self), form(RepositoryState.self), form(PullRequest.self),
        form(Head.self), form(Change.self), form(Lane.self), form(Run.self), form(BackendRun.self),
        form(PullRequestKey.self), form(HeadKey.self), form(EntityID.self), form(BackendKey.self),
        key(of: Int64.self), key(of: PullRequestKey.self), key(of: HeadKey.self), key(of: EntityID.self),
        key(of: BackendKey.self),
    ]

    private static func key<Key: KeyCodable & Equatable & SendableMetatype>(
        of type: Key.Type
    ) -> @Sendable ([UInt8]) throws -> Void {
        { bytes in
            let key: Key
            do { key = try Key(StateKey(table: 0, repository: 5, key: bytes)) } catch { return }
            try expect(try Key(StateKey(.chronicle, key)) == key, "the key of a \(Key.self) is read back as another")
        }
    }

    private static func form<Value: ByteCodable & SendableMetatype>(
        _ type: Value.Type
    ) -> @Sendable ([UInt8]) throws -> Void {
        { bytes in
            let value: Value
            do { value = try Value(stored: bytes) } catch { return }
            let written = value.stored
            try expect(try Value(stored: written).stored == written, "a \(Value.self) is read back as another")
        }
    }

    /// Any rows at all are either taken up or refused with a reason. A row: its table, the length of its key, the
    /// length of its value, both.
    static let state = Property(name: "state") { input in
        var input = Choices(input)
        var rows: [(key: StateKey, value: [UInt8])] = []
        while !input.rest.isEmpty, rows.count < 64 {
            let (table, keySize, valueSize) = (input.byte(), Int(input.byte()), Int(input.byte()))
            let (key, rest) = (input.rest.prefix(keySize), input.rest.dropFirst(keySize))
            rows.append((StateKey(table: table % 9, repository: 0, key: Array(key)), Array(rest.prefix(valueSize))))
            input.skip(keySize + valueSize)
        }
        let ledger: Ledger
        do { ledger = try Ledger(settings: LedgerSettings(), restoring: rows) } catch { return }
        _ = (ledger.gauges, ledger.armedDeadlines, ledger.hasOpenWork)
    }
}

extension Choices {
    mutating func skip(_ count: Int) {
        self = Choices(Array(rest.dropFirst(count)))
    }
}
