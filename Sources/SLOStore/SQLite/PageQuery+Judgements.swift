import SLOCore

/// `end` is the last entry that a search reads, and the one after it, if there is one; `rows` are the matching rows.
extension JudgementSearch {
    private var name: String {
        switch index {
        case .byTime: "judgements_by_time"
        case .missed: "judgements_missed"
        case .byRepository: "judgements_by_repository"
        }
    }

    /// What the index needs to be used.
    private var narrowing: String {
        switch index {
        case .byTime: ""
        case .missed: "AND verdict <> 'good'"
        case .byRepository: "AND repository_name = :repository COLLATE NOCASE"
        }
    }

    private static let place = "(judged_at, objective, entity, deployment)"

    /// `:bound` is the far end of the times.
    private var source: String {
        let (follows, isInside) =
            switch order {
            case .newest: ("<", "judged_at <= :time AND judged_at >= :bound")
            case .oldest: (">", "judged_at >= :time AND judged_at <= :bound")
            }
        return """
            FROM judgements INDEXED BY \(name)
            WHERE \(Self.place) \(follows) (:time, :objective, :entity, :deployment) AND \(isInside) \(narrowing)
            """
    }

    private var sorted: String {
        let direction = order == .newest ? "DESC" : "ASC"
        return "ORDER BY judged_at \(direction), objective \(direction), entity \(direction), deployment \(direction)"
    }

    /// The last entry that is read, and the one after it, if there is one.
    var end: String {
        "SELECT judged_at, objective, entity, deployment \(source) \(sorted) LIMIT 2 OFFSET :entries - 1"
    }

    /// The matching rows. No verdict is part of another.
    var rows: String {
        """
        SELECT objective, deployment, entity, repository_name, verdict, judged_at, branch, chroot, check_name, cause
        \(source) AND \(Self.place) \(order == .newest ? ">=" : "<=")
            (:end_time, :end_objective, :end_entity, :end_deployment)
            AND (:wanted_objective IS NULL OR objective = :wanted_objective)
            AND (:wanted_deployment IS NULL OR deployment = :wanted_deployment)
            AND instr(:wanted_verdicts, verdict)
            AND (:wanted_chroot IS NULL OR chroot = :wanted_chroot)
            AND (:wanted_architecture IS NULL OR chroot LIKE '%-%-%'
                AND substr(chroot, -length(:wanted_architecture) - 1) = '-' || :wanted_architecture)
            AND (:wanted_branch IS NULL OR branch = :wanted_branch)
            AND (:wanted_name IS NULL OR check_name = :wanted_name)
        \(sorted)
        """
    }
}
