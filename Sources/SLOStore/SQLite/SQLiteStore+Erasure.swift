import Foundation
import GRDB
import SLOCore

// Erases for good. Every step is a transaction of its own, and those that hold the names come last: after a crash the
// same erasure finds what is left.

extension SQLiteStore {
    /// The most bytes of bodies in memory at once, uncompressed.
    private static let erasablePageBytes = 32 << 20
    private static let erasablePageEntries = 2000

    /// Overwrites from now on what is deleted.
    public func beginErasing() throws {
        try translated {
            try queue.writeWithoutTransaction { db in
                _ = try Int.fetchOne(db, sql: "PRAGMA secure_delete = ON")
                // What a rewrite of the whole database needs in between is too large for memory.
                try db.execute(sql: "PRAGMA temp_store = FILE")
            }
        }
    }

    // MARK: - The journal

    /// Visits the journal's entries in order, page by page, and erases what `judge` tells.
    /// - Parameter isDryRun: whether to erase nothing.
    public func eraseJournal(
        isDryRun: Bool, judge: (_ page: [ErasableEntry]) throws -> JournalErasure
    ) throws {
        var after: Int64 = 0
        while true {
            let page = try erasableEntries(after: after)
            guard let last = page.last else { return }
            let erasure = try judge(page)
            if !isDryRun, erasure != JournalErasure() { try erase(erasure, of: page) }
            after = last.sequence
        }
    }

    private func erasableEntries(after: Int64) throws -> [ErasableEntry] {
        try translated {
            try queue.read { db in
                let rows = try Row.fetchCursor(
                    db,
                    sql: """
                        SELECT j.sequence, j.kind, j.observation, b.codec, b.original_size, b.bytes
                        FROM journal j LEFT JOIN bodies b ON b.sequence = j.sequence
                        WHERE j.sequence > ? ORDER BY j.sequence LIMIT ?
                        """, arguments: [after, Self.erasablePageEntries])
                var page: [ErasableEntry] = []
                var bytes = 0
                while bytes < Self.erasablePageBytes, let row = try rows.next() {
                    page.append(try ErasableEntry(row))
                    bytes += page[page.count - 1].body?.count ?? 0
                }
                return page
            }
        }
    }

    private func erase(_ erasure: JournalErasure, of page: [ErasableEntry]) throws {
        try inOwnTransaction { db in
            let blank = try RowStatement(
                db,
                """
                UPDATE journal SET kind = ?, source = NULL, event = NULL, result = NULL, body_size = NULL,
                    observation = NULL WHERE sequence = ?
                """)
            for sequence in erasure.entries {
                try blank.run { row in
                    row.bind(JournalEntry.Kind.erased.rawValue)
                    row.bind(sequence)
                }
            }
            let replace = try RowStatement(db, "UPDATE journal SET observation = ? WHERE sequence = ?")
            for (sequence, observation) in erasure.observations {
                try replace.run { row in
                    row.bind(observation)
                    row.bind(sequence)
                }
            }
            let bodies = Set(erasure.bodies)
            let delete = try RowStatement(db, "DELETE FROM bodies WHERE sequence = ?")
            for sequence in bodies { try delete.run { $0.bind(sequence) } }
            let bytes = page.reduce(0) { bodies.contains($1.sequence) ? $0 + $1.bodyBytes : $0 }
            try RowStatement(db, "UPDATE owner SET body_bytes = body_bytes - ? WHERE id = 1").run { $0.bind(bytes) }
        }
    }

    // MARK: - The end

    /// The copies of a database that are beside it: those that migrations kept, and what a killed process left of one.
    public static func copies(beside path: String) -> [String] {
        let folder = File.folder(of: File.resolved(path))
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.map { (folder as NSString).appendingPathComponent($0) }
            .filter { $0.hasPrefix(copyPath(of: path)) || $0 == File.resolved(path) + ".partial" }.sorted()
    }

    /// Rewrites the whole database, so that no byte of what was deleted or moved earlier is left in its files.
    /// - Throws: `StoreError`, with the code `busy` while another process reads the database.
    public func rewrite() throws {
        try translated {
            try queue.writeWithoutTransaction { db in
                try db.execute(sql: "VACUUM")
                // The log still has the old pages until it is truncated, which fails while others read them.
                let row = try Row.fetchOne(db, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
                guard row?[0] as Int64? == 0 else {
                    throw StoreError(
                        code: .rejected,
                        message: """
                            another process reads \(path), so the database's log still has what was erased: end it, \
                            and repeat the command
                            """)
                }
            }
        }
    }
}

extension ErasableEntry {
    fileprivate init(_ row: Row) throws {
        let required = RequiredColumns(row, of: "journal entry", key: 0)
        let stored = try row.bytes(5)
        if let stored {
            guard let codec = CompressedBody.Codec(rawValue: try required.integer(3)) else { throw required.damage }
            body = try CompressedBody(
                codec: codec, originalByteCount: Int(try required.integer(4)), bytes: stored
            ).decompressed()
        } else {
            body = nil
        }
        sequence = try required.integer(0)
        kind = try required.name(1)
        observation = try row.bytes(2)
        bodyBytes = Int64(stored?.count ?? 0)
    }
}
