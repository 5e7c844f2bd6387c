public import SLOCore
public import SLOStore

extension Report {
    /// The report of what the server judged, from its database.
    ///
    /// - Parameters:
    ///   - settings: those in force, for targets and window.
    ///   - at: the end of the window.
    ///   - looksBack: whether to include the previous window, which doubles what is read.
    ///   - isShown: whether to show the name of a repository, and what else is named in it.
    ///   - showsOpenWork: whether to include open work, as the server last stored it.
    /// - Throws: `StoreError`, `RestoreError`.
    public init(
        from store: any StoreReading, settings: LedgerSettings, at: Timestamp, looksBack: Bool, showsOpenWork: Bool,
        isShown: @escaping @Sendable (String) -> Bool = { _ in true }
    ) throws {
        var builder = ReportBuilder(settings: settings, at: at, looksBack: looksBack, isShown: isShown)
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
}
