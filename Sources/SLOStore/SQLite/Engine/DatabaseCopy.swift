import GRDB

/// Copies a database as of one moment into a single file without a log.
enum DatabaseCopy {
    /// How the finished copy is checked.
    enum Check: String {
        /// Every page and row.
        case quick = "PRAGMA quick_check(1)"
        /// Every page and row, and that indexes match their tables.
        case full = "PRAGMA integrity_check(1)"
    }

    /// Pages copied between two calls of the progress callback: 4 MiB.
    private static let stepPages: CInt = 256

    /// Copies and checks. If this throws, the content of `target` is unusable.
    /// - Throws: what SQLite or `progress` throws; `StoreError` with the code `damaged` if the check fails.
    static func make(
        of source: DatabaseQueue, at target: String, check: Check, progress: (_ done: Int, _ total: Int) throws -> Void
    ) throws {
        let copy = try DatabaseQueue(path: target)
        defer { try? copy.close() }
        try source.unsafeRead { source in
            // One read transaction over all steps, so that the copy shows one moment while others write.
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
                    message:
                        "the copy of \(source.path) is damaged, and the database itself may be, too: check its disk",
                    cause: finding)
            }
        }
    }
}
