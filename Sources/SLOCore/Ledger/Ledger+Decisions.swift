// Which delivery decided what is counted, for exemplars. It changes no number.
//
// What an input counts, its delivery decided, except for what a deadline would have counted as well: there the delivery
// that brought the evidence did, as far as it is remembered. Unknown is better than wrong.

import HashTreeCollections

extension Ledger {
    /// An observation of a delivery with that id is decided next.
    mutating func beginDecision(by delivery: DeliveryID?, of observation: Observation) {
        guard let delivery else { return decisions.begin() }
        if let repository = observation.repository {
            decisions.begin(DecisionMemory.Source(delivery: delivery, repository: repository.id))
        } else if case .buildReported(let fact) = observation {
            decisions.begin(DecisionMemory.Source(delivery: delivery), project: fact.project)
        } else {
            decisions.begin()
        }
    }

    /// The decision on what is being counted; `nil` if it is not known, or must not be shown.
    mutating func presentDecision() -> Decision? {
        guard let source = decisions.deciding, let repository = source.repository else { return nil }
        if decisions.shown?.repository != repository {
            decisions.shown = (repository, showsDeliveries(of: repository))
        }
        guard decisions.shown?.isShown == true else { return nil }
        return Decision(delivery: source.delivery, repository: repository, at: now)
    }

    /// Whether the deliveries of a repository may be shown: it is known and public, and so is every other that has or
    /// had one of its names.
    public func showsDeliveries(of repository: RepositoryID) -> Bool {
        guard let known = state.repositories[repository], known.isPublic else { return false }
        // A closure that uses `isPublic` would copy the ledger, and this is asked for each delivery that is counted.
        for name in known.names {
            for other in state.repositoriesOfName[name.lowercased()] where other != repository {
                guard state.repositories[other]?.isPublic == true else { return false }
            }
        }
        return true
    }

    // MARK: - Runs

    /// A backend's delivery is about the repository of the run that it changes, if its project reveals no other.
    func source(_ source: DecisionMemory.Source?, for run: Run) -> DecisionMemory.Source? {
        guard var source, source.repository == nil else { return source }
        guard let lane = run.lane, let project = decisions.project, !revealsPrivate(project: project) else {
            return nil
        }
        source.repository = state.lanes.part(of: lane) { $0.head.repository }
        return source.repository == nil ? nil : source
    }

    /// Who gave the outcome by which a run ends.
    func decider(of run: Run, _ evidence: Evidence) -> DecisionMemory.Source? {
        guard let said = evidence.decidingInput else { return nil }
        return said == input ? decisions.deciding : decisions.source(of: .outcome, run.id, input: said)
    }

    /// Remembers who gave the outcome by which a run will end.
    mutating func rememberDecider(of run: Run, _ evidence: Evidence) {
        guard let source = decisions.deciding, case .settling = run.phase, evidence.decidingInput == input else {
            return
        }
        decisions.remember(.outcome, of: run.id, from: source, input: input)
    }

    /// Remembers who superseded a run, once that is known or known otherwise.
    mutating func rememberSupersession(of run: Run, before: Run.Supersession?) {
        guard run.supersession?.endedAt != before?.endedAt else { return }
        decisions.remember(.supersession, of: run.id, from: decisions.deciding)
    }

    /// Whether the name of a Copr project reveals a private repository, or may do so.
    private func revealsPrivate(project: String) -> Bool {
        var isKnown = false
        for slug in CoprProject.readings(of: project).map(\.slug) + [project] {
            for repository in state.repositoriesOfSlug[slug] {
                guard state.repositories[repository]?.isPublic == true else { return true }
                isKnown = true
            }
        }
        return chronicle.hasForgottenPrivate && !isKnown
    }
}
