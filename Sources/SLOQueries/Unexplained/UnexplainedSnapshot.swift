public import SLOCore

/// What the classification rules do not explain: names that none of them knows, and contradictions.
public struct UnexplainedSnapshot: Sendable {
    /// Checks of a name that no rule knows, and of names that differ from it in their chroot alone.
    public struct Name: Sendable {
        /// `nil` if no rule can match it.
        public let rule: NameRule?
        /// The latest of them.
        public let example: Example
        /// Their states that were received.
        public let statuses: Int
    }

    public struct Example: Sendable {
        public let name: String
        public let deployment: Deployment
        public let repository: String
        public let pullRequest: Int?
        public let sha: String
        public let checkRunID: Int64?
        /// Of the delivery that showed it.
        public let sequence: Int64
        public let receivedAt: Timestamp
    }

    public struct Contradiction: Sendable {
        /// Stable: part of the API.
        public enum Kind: String, CaseIterable, Sendable {
            /// GitHub shows the check as completed, and no rule takes its state and title for an end.
            case unfinishedThoughCompleted = "unfinished_though_completed"
            /// The check and the backend run that was proposed for it ended differently.
            case joinConflict = "join_conflict"
            /// A provider's time is further ahead than clocks differ.
            case futureTime = "future_time"
        }

        public let kind: Kind
        public let deployment: Deployment?
        public let repository: RepositoryName
        public let pullRequest: Int?
        public let name: String?
        /// Copr's build or Testing Farm's request.
        public let backendID: String?
        /// What one side says, and what the other.
        public let stated: String
        public let instead: String
        public let at: Timestamp
        /// Of the delivery that shows it.
        public var sequence: Int64?
    }

    public let at: Timestamp
    /// When the first delivery was received that was looked at; `nil` if there is none.
    public let since: Timestamp?
    /// Those with most states first.
    public let names: [Name]
    /// Names in private repositories.
    public let hiddenNames: Int
    /// Kind by kind, the latest first; a limited number of each.
    public let contradictions: [Contradiction]
    /// How many there are of each kind, listed or not.
    public let counts: [Contradiction.Kind: Int]

    public init(
        at: Timestamp, since: Timestamp? = nil, names: [Name] = [], hiddenNames: Int = 0,
        contradictions: [Contradiction] = [], counts: [Contradiction.Kind: Int] = [:]
    ) {
        self.at = at
        self.since = since
        self.names = names
        self.hiddenNames = hiddenNames
        self.contradictions = contradictions
        self.counts = counts
    }
}
