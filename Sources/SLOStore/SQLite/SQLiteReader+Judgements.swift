import GRDB
public import SLOCore

extension SQLiteReader {
    public func forEachJudgement(
        from: Timestamp, until: Timestamp, _ visit: (StoredJudgement) throws -> Void
    ) throws {
        var after: ObjectiveJudgement?
        while true {
            let page = try records(
                PageQuery.judgements,
                [
                    max(from, after?.at ?? from).milliseconds, until.milliseconds,
                    after?.at.milliseconds ?? .min, after?.objective.rawValue ?? "", after?.entity.number ?? .min,
                    after?.deployment.label ?? "", ReadingLimit.judgements,
                ], StoredJudgement.init)
            for judgement in page { try visit(judgement) }
            guard let last = page.last else { return }
            after = last.judgement
        }
    }
}
