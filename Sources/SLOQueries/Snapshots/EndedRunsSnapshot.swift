import SLOCore
import SLOStore

extension EndedRunsSnapshot {
    /// A hidden run matches no filter for a repository or chroot, so that a filter cannot reveal it.
    init(
        _ query: RunQuery, at now: Timestamp, directory: RepositoryDirectory, showing showsPrivate: Bool,
        from store: any StoreReading
    ) throws {
        let mask = EventMask(directory: directory, showsPrivate: showsPrivate)
        // Not searched at all, because the length of the search would reveal that it exists.
        if let name = query.repository, !mask.shows(repository: name) {
            self.init(at: now, runs: [], next: nil)
            return
        }
        let asksForNames = query.repository != nil || query.chroot != nil
        let found = try store.endedRuns(
            before: query.before.map { RunPlace(countedAt: $0.countedAt, run: $0.run) }, repository: query.repository,
            from: query.from ?? Timestamp(milliseconds: 0), through: query.until ?? now, atMost: query.limit
        ) { record in
            query.fits(record) && !(asksForNames && mask.repository(of: record) == .hidden)
        }
        self.init(
            at: now, runs: found.runs.map { Run(record: $0, repository: mask.repository(of: $0)) },
            next: found.next.map { RunQuery.Place(countedAt: $0.countedAt, run: $0.run) })
    }
}

extension RunQuery {
    fileprivate func fits(_ run: RunRecord) -> Bool {
        (kind.map { $0 == run.kind } ?? true) && (chroot.map { $0 == run.chroot } ?? true)
            && (deployment.map { $0 == run.deployment } ?? true) && (outcome.map { $0 == run.outcome } ?? true)
    }
}
