import SLOCore

extension PostgresReader {
    func judgements(
        _ filter: JudgementFilter, order: TimeOrder, after place: JudgementPlace?, atMost limit: Int,
        where isWanted: (ObjectiveJudgement) -> Bool
    ) throws -> FoundJudgements {
        let search = JudgementSearch(for: filter, in: order)
        let range = JudgementSearch.range(
            after: .start(of: filter, order, after: place), to: filter.bound(order), in: filter.repository)
        return try inSnapshot { run in
            let ends = try run([
                PostgresStatement(search.postgresEnd, range + [.count(ReadingLimit.searchedJudgements)])
            ])[0].rows.map(JudgementPlace.init)
            // The next search begins after the last entry that this one reads.
            let end = ends.count > 1 ? ends[0] : nil
            var rows = try run([
                PostgresStatement(
                    search.postgresRows,
                    range + JudgementSearch.parameters(of: end ?? .far(order)) + JudgementSearch.parameters(of: filter))
            ])[0].rows.makeIterator()
            return try FoundJudgements(atMost: limit, upTo: end, where: isWanted) { rows.next() }
        }
    }
}
