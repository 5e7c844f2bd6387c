/// A line of a comment on a pull request that is a command to a deployment (docs/counting.md, rule 51). Of the comment
/// nothing else is kept.
public struct CommandGiven: Equatable, Sendable {
    public internal(set) var repository: Repository
    /// The pull request's number.
    public let number: Int
    public let deployment: Deployment
    public let commentID: Int64
    /// What is asked for, such as `build`: the word after the prefix.
    public let word: String
    /// The author's association with the repository, as GitHub names it: `MEMBER`, `CONTRIBUTOR`, `NONE`, …
    public let authorAssociation: String
    /// `created_at` of a comment that was created, `updated_at` of one that was edited into a command.
    public let givenAt: Timestamp
    /// Whether the delivery shows the pull request as closed.
    public let isClosed: Bool

    public init(
        repository: Repository, number: Int, deployment: Deployment, commentID: Int64, word: String,
        authorAssociation: String, givenAt: Timestamp, isClosed: Bool
    ) {
        self.repository = repository
        self.number = number
        self.deployment = deployment
        self.commentID = commentID
        self.word = word
        self.authorAssociation = authorAssociation
        self.givenAt = givenAt
        self.isClosed = isClosed
    }
}

/// A comment that a deployment's App created on a pull request: it answers commands there.
public struct AppCommented: Equatable, Sendable {
    public internal(set) var repository: Repository
    /// The pull request's number.
    public let number: Int
    public let deployment: Deployment
    public let commentID: Int64
    public let commentedAt: Timestamp

    public init(
        repository: Repository, number: Int, deployment: Deployment, commentID: Int64, commentedAt: Timestamp
    ) {
        self.repository = repository
        self.number = number
        self.deployment = deployment
        self.commentID = commentID
        self.commentedAt = commentedAt
    }
}
