public import SLOCore
public import SLOStore

extension Report {
    /// What the server judged, from its database.
    ///
    /// - Parameters:
    ///   - settings: those in force; they say the targets and the window, not the judgements.
    ///   - at: the end of the window.
    ///   - looksBack: whether to tell of the window before, too, which is to read as much again.
    ///   - showsOpenWork: whether to tell what is stuck as the server last wrote it.
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
