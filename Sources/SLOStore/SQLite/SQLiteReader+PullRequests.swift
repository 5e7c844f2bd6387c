import GRDB
public import SLOCore

extension SQLiteReader {
    public func changes(
        ofPullRequest number: Int, in repository: RepositoryID, named name: String, skipping: Int, atMost limit: Int
    ) throws -> [ChangeRecord] {
        try translated {
            try queue.read { db in
                try Row.fetchAll(
                    db, sql: PageQuery.changesOfPullRequest,
                    arguments: [name, number, repository.stored, limit, skipping]
                ).map(ChangeRecord.init)
            }
        }
    }

    public func runs(
        ofPullRequest number: Int, in repository: RepositoryID, named name: String, skipping: Int, atMost limit: Int
    ) throws -> [RunRecord] {
        try translated {
            try queue.read { db in
                try Row.fetchAll(
                    db, sql: PageQuery.runsOfPullRequest, arguments: [name, number, repository.stored, limit, skipping]
                ).map(RunRecord.init)
            }
        }
    }

    public func changes(_ changes: [EntityID]) throws -> [ChangeRecord] {
        try translated {
            try queue.read { db in
                try changes.flatMap {
                    try Row.fetchAll(db, sql: PageQuery.changeAtKey, arguments: [$0.number]).map(ChangeRecord.init)
                }
            }
        }
    }

    public func runs(_ runs: [EntityID]) throws -> [RunRecord] {
        try translated {
            try queue.read { db in
                try runs.compactMap {
                    try Row.fetchOne(db, sql: PageQuery.runAtKey, arguments: [$0.number]).map(RunRecord.init)
                }
            }
        }
    }
}

extension ChangeRecord {
    fileprivate init(_ row: Row) throws {
        guard let action = ChangePushed.Action(rawValue: row[5]), let verdict = Verdict(rawValue: row[11]),
            let eligibility = Eligibility(rawValue: row[13])
        else { throw StoreError.damaged("the verdict on change \(row[0] as Int64)") }
        self.init(
            change: EntityID(row[0]), deployment: Deployment(row[1]), repository: RepositoryID(stored: row[2]),
            repositoryName: row[3],
            number: row[4], action: action, headSHA: row[6], baseRef: row[7],
            startedAt: Timestamp(milliseconds: row[8]), receivedAt: Timestamp(milliseconds: row[9]),
            answeredAt: Timestamp(stored: row[10]), verdict: verdict,
            exclusion: (row[12] as String?).flatMap(Exclusion.init(rawValue:)), eligibility: eligibility,
            judgedAt: Timestamp(milliseconds: row[14]), isCounted: row[15])
    }
}

extension RunRecord {
    init(_ row: Row) throws {
        guard let kind = RunKind(rawValue: row[1]), let outcome = Outcome(rawValue: row[13]),
            let reason = OutcomeReason(rawValue: row[14])
        else { throw StoreError.damaged("the end of run \(row[0] as Int64)") }
        self.init(
            run: EntityID(row[0]), kind: kind, deployment: Deployment(row[2]),
            repository: (row[3] as Int64?).map(RepositoryID.init(stored:)),
            repositoryName: row[4], sha: row[5], pullRequest: row[6], name: row[7], chroot: row[8], backendID: row[9],
            queuedAt: Timestamp(stored: row[10]), startedAt: Timestamp(stored: row[11]),
            finishedAt: Timestamp(milliseconds: row[12]), outcome: outcome, reason: reason,
            revisedOutcome: (row[15] as String?).flatMap(Outcome.init(rawValue:)),
            countedAt: Timestamp(milliseconds: row[16]), isCounted: row[17],
            proof: (row[18] as String?).flatMap(JoinProof.init(rawValue:)))
    }
}

extension StoreError {
    static func damaged(_ what: String) -> StoreError {
        StoreError(code: .damaged, message: "\(what) is damaged: restore a backup")
    }
}
