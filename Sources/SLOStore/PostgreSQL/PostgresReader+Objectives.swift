import SLOCore

extension PostgresReader {
    func forEachJudgement(
        from: Timestamp, until: Timestamp, _ visit: (StoredJudgement) throws -> Void
    ) throws {
        var after: ObjectiveJudgement?
        while true {
            let page = try records(
                PostgresQuery.judgements,
                [
                    .time(after?.at ?? from), .text(after?.objective.rawValue ?? ""),
                    .int8(after?.entity.number ?? .min), .text(after?.deployment.label ?? ""), .time(until),
                    .count(ReadingLimit.judgements),
                ], StoredJudgement.init)
            for judgement in page { try visit(judgement) }
            guard let last = page.last else { return }
            after = last.judgement
        }
    }

    func judgements(after: Timestamp, through: Timestamp) throws -> [ObjectiveCount] {
        try records(PostgresQuery.judgementsSince, [.time(after), .time(through)], ObjectiveCount.init)
    }

    func doubts(from: Timestamp, through: Timestamp) throws -> [DoubtCount] {
        try records(PostgresQuery.doubtsBetween, [.time(from), .time(through)], DoubtCount.init)
    }

    func objectiveHours(_ hours: ClosedRange<Int64>) throws -> [ObjectiveHour] {
        try records(PostgresQuery.hours, [.int8(hours.lowerBound), .int8(hours.upperBound)], ObjectiveHour.init)
    }
}
