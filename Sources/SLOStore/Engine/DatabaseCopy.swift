import GRDB

/// A copy of a database, as it is at one moment, in one file that needs no log beside it.
enum DatabaseCopy {
    /// How the copy is looked at before anybody relies on it.
    enum Check: String {
        /// Every page and row.
        case quick = "PRAGMA quick_check(1)"
        /// That, and that the indexes tell the same as their tables.
        case full = "PRAGMA integrity_check(1)"
    }

    /// Pages copied between two calls of the progress callback: 4 MiB.
    private static let stepPages: CInt = 256

    /// Copies and checks; what is in `target` when this throws is of no use.
    /// - Throws: what SQLite or `progress` throws; `StoreError` with the code `damaged` when the check finds something.
    static func make(
        of source: DatabaseQueue, at target: String, check: Check, progress: (_ done: Int, _ total: Int) throws -> Void
    ) throws {
        let copy = try DatabaseQueue(path: target)
        defer { try? copy.close() }
        try source.unsafeRead { source in
            // One read transaction over all steps: the copy is of one moment, however much is written meanwhile.
            try source.beginTransaction(.deferred)
            defer { try? source.rollback() }
            _ = try Int.fetchOne(source, sql: "SELECT count(*) FROM sqlite_master")
            try withoutActuallyEscaping(progress) { progress in
                try copy.writeWithoutTransaction { target in
                    try source.backup(to: target, pagesPerStep: stepPages) { step in
                        try progress(step.completedPageCount, step.totalPageCount)
                    }
                }
            }
        }
        try copy.writeWithoutTransaction { db in
            _ = try String.fetchOne(db, sql: "PRAGMA journal_mode = DELETE")
            let finding = try String.fetchOne(db, sql: check.rawValue) ?? "no result"
            guard finding == "ok" else {
                throw StoreError(
                    code: .damaged,
                    message: "the copy of \(source.path) is damaged, and so may be what it was made from",
                    cause: finding)
            }
        }
    }
}
