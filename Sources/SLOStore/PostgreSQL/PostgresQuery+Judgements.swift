import SLOCore

extension JudgementSearch {
    /// The parameters from 1 on of both queries: a place, the far end of the times, and the repository.
    static func range(
        after place: JudgementPlace, to bound: Int64, in repository: String?
    ) -> [PostgresParameter] {
        parameters(of: place) + [.int8(bound), .text(repository)]
    }

    static func parameters(of place: JudgementPlace) -> [PostgresParameter] {
        [.time(place.at), .text(place.objective), .int8(place.entity), .text(place.deployment)]
    }

    /// The parameters from 11 on of `postgresRows`.
    static func parameters(of filter: JudgementFilter) -> [PostgresParameter] {
        [
            .text(filter.objective?.rawValue), .text(filter.deployment?.label), .text(filter.verdictNames),
            .text(filter.chroot), .text(filter.architecture), .text(filter.branch), .text(filter.name),
        ]
    }

    private static let place = "(judged_at, objective, entity, deployment)"

    /// What the index needs to be used.
    private var postgresNarrowing: String {
        switch index {
        case .byTime: "AND $6::text IS NULL"
        case .missed: "AND $6::text IS NULL AND verdict <> 'good'"
        case .byRepository: "AND lower(repository_name) = lower($6 COLLATE \"C\")"
        }
    }

    private var postgresSource: String {
        let (follows, bound) = order == .newest ? ("<", ">=") : (">", "<=")
        return """
            FROM packit_slo.judgements
            WHERE \(Self.place) \(follows) ($1, $2, $3, $4) AND judged_at \(bound) $5 \(postgresNarrowing)
            """
    }

    private var postgresOrder: String {
        let direction = order == .newest ? "DESC" : "ASC"
        return "ORDER BY judged_at \(direction), objective \(direction), entity \(direction), deployment \(direction)"
    }

    /// The last entry that is read, and the one after it, if there is one. Parameter 7 is how many entries are read.
    var postgresEnd: String {
        """
        SELECT judged_at, objective, entity, deployment \(postgresSource) \(postgresOrder)
        LIMIT 2 OFFSET $7::int8 - 1
        """
    }

    /// The matching rows up to the place of the parameters 7 to 10.
    var postgresRows: String {
        """
        SELECT objective, deployment, entity, repository_name, verdict, judged_at, branch, chroot, check_name, cause
        \(postgresSource) AND \(Self.place) \(order == .newest ? ">=" : "<=") ($7, $8, $9, $10)
            AND ($11::text IS NULL OR objective = $11) AND ($12::text IS NULL OR deployment = $12)
            AND strpos($13, verdict) > 0 AND ($14::text IS NULL OR chroot = $14)
            AND ($15::text IS NULL OR chroot LIKE '%-%-%' AND right(chroot, length($15) + 1) = '-' || $15)
            AND ($16::text IS NULL OR branch = $16) AND ($17::text IS NULL OR check_name = $17)
        \(postgresOrder)
        """
    }
}
