public import SLOCore
public import SLOStore

extension Report {
    /// The report of what the server judged, from its database.
    ///
    /// - Parameters:
    ///   - settings: those in force, for targets and window.
    ///   - at: the end of the window.
    ///   - looksBack: whether to include the previous window, which doubles what is read.
    ///   - hidesPrivate: whether to hide the names of private repositories, as pages do.
    ///   - showsOpenWork: whether to include open work, as the server last stored it.
    /// - Throws: `StoreError`, `RestoreError`.
    public init(
        from store: any StoreReading, settings: LedgerSettings, at: Timestamp, looksBack: Bool, showsOpenWork: Bool,
        hidesPrivate: Bool = false
    ) throws {
        let directory = hidesPrivate ? try RepositoryDirectory(from: store) : nil
        var builder = ReportBuilder(
            settings: settings, at: at, looksBack: looksBack, timeNotes: try Self.timeNotes(in: store),
            isShown: { directory?.isPublic($0) ?? true })
        try store.forEachJudgement(from: builder.readsFrom, until: at) { builder.add($0) }
        let ledger =
            showsOpenWork
            ? try Ledger(settings: settings, restoring: try store.load().state.map { ($0.key, $0.value) }) : nil
        self = builder.report(
            basis: .database, blindIntervals: try store.blindIntervals(), openWorkOf: ledger)
        notes += try store.backfills().filter { $0.completedAt == nil && settings[$0.objective] != nil }.map {
            "\($0.objective.rawValue): what was due before it was configured is still being computed."
        }
    }

    /// The latest notes.
    public static func timeNotes(in store: any StoreReading) throws -> [TimeNoteSnapshot] {
        try store.timeNotes(
            from: Timestamp(milliseconds: 0), through: Timestamp(milliseconds: .max), atMost: TimeNoteSnapshot.limit
        ).map(TimeNoteSnapshot.init)
    }
}
