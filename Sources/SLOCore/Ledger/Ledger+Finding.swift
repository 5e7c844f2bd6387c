// Finds pull requests by what people have at hand.

extension Ledger {
    /// Which of some repositories have a pull request of that number that the ledger tracks.
    /// - Throws: what the source throws.
    public static func repositories(
        _ repositories: [RepositoryID], withPullRequest number: Int, in source: some StateSource
    ) throws -> [RepositoryID] {
        let keys = repositories.map { StateKey(.pullRequests, PullRequestKey(repository: $0, number: number)) }
        return try source.entries(at: keys).map { RepositoryID(stored: $0.key.repository) }
    }
}
