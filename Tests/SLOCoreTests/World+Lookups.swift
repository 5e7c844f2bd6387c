import SLOCore

extension World {
    /// Copr's API was asked about a chroot.
    mutating func lookedUp(
        _ step: Step, build: Int64 = 77, _ ground: BuildLookedUp.Ground = .stated, submitted: Double? = nil,
        started: Double? = nil, finished: Double? = nil, receivedAt: Double
    ) {
        let fact = BuildLookedUp(
            buildID: build, chroot: Self.chroot, step: step, ground: ground, submittedAt: submitted.map(Self.at),
            startedAt: started.map(Self.at), finishedAt: finished.map(Self.at))
        observe(.buildLookedUp(fact), receivedAt: receivedAt)
    }

    /// Packit's API was asked about a job.
    mutating func identified(
        _ job: JobLink, as backend: BackendKey, sha: String = "a", deployment: Deployment = World.prod,
        receivedAt: Double
    ) {
        let fact = JobIdentified(
            deployment: deployment, repository: Self.repository().id, sha: sha, job: job, backend: backend)
        observe(.jobIdentified(fact), receivedAt: receivedAt)
    }

    /// What a stored state says can be asked.
    var openLookupRequests: [LookupRequest] {
        get throws { try Ledger.lookupRequests(settings: timeline.ledger.settings, from: kept) }
    }

    /// What is stored, for whoever reads a part of it.
    var kept: Kept { Kept(rows: stored) }

    struct Kept: StateSource {
        let rows: [StateKey: [UInt8]]

        func forEachEntry(
            ofTable table: UInt8, where isWanted: ([UInt8]) -> Bool, _ visit: (StateKey, [UInt8]) throws -> Void
        ) throws {
            for (key, value) in rows where key.table == table && isWanted(key.key) { try visit(key, value) }
        }

        func entries(at keys: [StateKey]) throws -> [(key: StateKey, value: [UInt8])] {
            keys.compactMap { key in rows[key].map { (key, $0) } }
        }
    }
}

extension World.Check {
    func linking(_ job: JobLink) -> World.Check { with { $0.job = job } }
}
