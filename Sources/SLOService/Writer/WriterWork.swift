import SLOMetrics

/// What other services leave for the writer to do between its batches, and the lookups that it leaves for them.
struct WriterWork: Sendable {
    let reconciliations = WriterSlot<Reconciliation, Bool>(refusal: false)
    let backfills = WriterSlot<BackfillStep, BackfillResult>(refusal: .stopping)
    let timeNotes = WriterSlot<TimeNoteEdit, TimeNoteResult>(refusal: .failed)
    let conditions = ConditionJournal()
    let urgentLookups: UrgentLookupQueue

    init(_ settings: ServiceSettings, metrics: MetricsRegistry) {
        urgentLookups = UrgentLookupQueue(for: settings.upstreams, metrics: metrics)
    }

    /// Refuses further work.
    func close() {
        reconciliations.close()
        backfills.close()
        timeNotes.close()
    }
}
