public import SLOCore
public import SLOStore

extension Report {
    /// The report of what the server judged, from its database.
    ///
    /// - Parameters:
    ///   - settings: those in force, for targets and window.
    ///   - at: the end of the window.
    ///   - looksBack: whether to include the previous window, which doubles what is read.
    ///   - showsOpenWork: whether to include open work, as the server last stored it.
    /// - Throws: `StoreError`, `RestoreError`.
    public init(
        from store: StoreReader, settings: LedgerSettings, at: Timestamp, looksBack: Bool, showsOpenWork: Bool
    ) throws {
        var builder = ReportBuilder(settings: settings, at: at, looksBack: looksBack)
        try store.forEachJudgement(from: builder.readsFrom, until: at) { builder.add($0) }
        let ledger =
            showsOpenWork
            ? try Ledger(settings: settings, restoring: try store.load().state.map { ($0.key, $0.value) }) : nil
        self = builder.report(
            basis: .database, blindIntervals: try store.blindIntervals(), openWorkOf: ledger)
    }
}
