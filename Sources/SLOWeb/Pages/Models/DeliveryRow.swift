import SLOCore
import SLOQueries

extension DeliveryFact {
    /// What was observed, in words.
    var phrase: String {
        switch kind {
        case .changePushed: "pull request \(state == "synchronize" ? "pushed to" : state ?? "changed"), \(shortSHA)"
        case .changeClosed: "pull request closed"
        case .statusReported:
            [name.map { "\($0):" } ?? "a check", [state, title].compactMap(\.self).joined(separator: ", ")]
                .joined(separator: " ")
        case .branchPushed: "push to \(name ?? "a branch"), \(shortSHA)"
        case .releasePublished: "release \(name ?? "")"
        case .repositoryNamed: "only the repository’s name"
        case .buildReported:
            "build \([backendID, chroot, state].compactMap(\.self).joined(separator: " "))"
        case .testRunReported: "test run \([chroot, state].compactMap(\.self).joined(separator: " "))"
        case .testRunHinted: "a test run has changed"
        case .commandGiven: "command \(name ?? "")"
        case .appCommented: "comment of the App"
        case .answer: "answer of an upstream API"
        }
    }

    private var shortSHA: String { sha.map { String($0.prefix(7)) } ?? "a commit" }
}

/// A delivery in a list.
struct DeliveryRow: Sendable {
    let at: TimeText
    let page: String
    let source: String
    let event: String
    let place: RepositoryLink?
    let facts: [String]
    let result: String
    let tone: String
    let size: String

    private static let factsShown = 3
    private static let phraseLength = 160

    init(_ delivery: ShownDelivery, now: Timestamp) {
        let summary = delivery.summary
        let outcome = DeliveryOutcome(rawValue: summary.result)
        at = TimeText(summary.receivedAt, now: now)
        page = DeliveryPage.path(of: summary.sequence)
        source = summary.source.title
        event = [summary.event, delivery.action].compactMap(\.self).joined(separator: " ")
        place = delivery.place(of: delivery.facts.first)
        let phrases = delivery.facts.map { $0.phrase.cut(to: Self.phraseLength) }
        let more = phrases.count - Self.factsShown
        facts = phrases.prefix(Self.factsShown) + (more > 0 ? ["and \(more) more"] : [])
        result = outcome?.title ?? summary.result
        tone = outcome?.tone ?? ""
        size = DisplayFormat.bytes(summary.bodyByteCount)
    }
}

extension ShownDelivery {
    /// What a fact is about. A message of Copr names its build, and no repository: the search knows whose it is.
    func place(of fact: DeliveryFact?) -> RepositoryLink? {
        if repository == .unknown, let id = fact?.backendID {
            return RepositoryLink(search: id, named: "\(summary.source.title) \(id)")
        }
        return repository.map { RepositoryLink($0, pullRequest: fact?.pullRequests.first) }
    }
}

extension String {
    fileprivate func cut(to length: Int) -> String { count > length ? prefix(length) + "…" : self }
}

extension DeliveryOutcome {
    /// On pages, of what is in the journal.
    var tone: String {
        switch self {
        case .malformed, .processingFailed, .conflicting: "tone-bad"
        case .ignored: "soft"
        default: ""
        }
    }
}
