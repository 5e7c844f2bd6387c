internal import SLOCore

/// What a state and its title say about a run: a list of rules of which the first that fits counts.
struct TitleRules: Sendable {
    struct Rule: Sendable {
        /// `nil`: both kinds.
        let kind: RunKind?
        /// `nil`: every state.
        let states: Set<String>?
        /// Any of them; `nil`: every title.
        let titles: [TextPattern]?
        /// Any of them, as the details link names it; `nil`: with or without a link.
        let links: Set<JobLink.Job>?
        /// Whether the summary links Testing Farm's request; `nil`: either.
        let hasRequest: Bool?
        let step: Step
    }

    /// What is asked of the rules.
    struct Evidence {
        let state: String
        let title: String
        let link: JobLink.Job?
        let hasRequest: Bool
    }

    /// The rules that can fit a state, in their order. States that no rule names share `others`.
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
    /// The state is known to fit.
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
