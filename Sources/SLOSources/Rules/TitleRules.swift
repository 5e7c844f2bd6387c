internal import SLOCore

/// What a state and its title mean for a run: a list of rules of which the first match counts.
struct TitleRules: Sendable {
    struct Rule: Sendable {
        /// `nil` matches all kinds.
        let kind: RunKind?
        /// `nil` matches every state.
        let states: Set<String>?
        /// One of them must match; `nil` matches every title.
        let titles: [TextPattern]?
        /// The details link must name one of them; `nil` matches with or without a link.
        let links: Set<JobLink.Job>?
        /// Whether the summary links a Testing Farm request; `nil` matches both.
        let hasRequest: Bool?
        let step: Step
    }

    /// What the rules are applied to.
    struct Evidence {
        let state: String
        let title: String
        let link: JobLink.Job?
        let hasRequest: Bool
    }

    /// The rules by state, in order. States that no rule names share `others`.
    private var byState: [String: [Rule]] = [:]
    private var others: [Rule] = []

    init(_ rules: [Rule]) {
        others = rules.filter { $0.states == nil }
        for state in Set(rules.flatMap { $0.states ?? [] }) {
            byState[state] = rules.filter { $0.states?.contains(state) ?? true }
        }
    }

    func step(_ kind: RunKind, _ evidence: Evidence) -> Step {
        let rules = byState[evidence.state] ?? others
        var title = evidence.title
        return title.withUTF8 { title in
            rules.first { $0.fits(kind, evidence, title) }?.step ?? .unclear
        }
    }
}

extension TitleRules.Rule {
    /// Call it for a matching state only.
    fileprivate func fits(
        _ kind: RunKind, _ evidence: TitleRules.Evidence, _ title: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        if let wanted = self.kind, wanted != kind { return false }
        if let hasRequest, hasRequest != evidence.hasRequest { return false }
        if let links {
            guard let link = evidence.link, links.contains(link) else { return false }
        }
        guard let titles else { return true }
        return titles.contains { $0.matches(title) }
    }
}
