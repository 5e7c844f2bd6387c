internal import SLOCore

/// GitHub's events. All others, and all other actions, are ignored.
struct GitHubDecoder {
    let settings: SourceSettings
    let rules: RuleBook
    /// The deployment whose app the delivery is addressed to.
    let addressee: Deployment?

    func decode(event: String, _ root: JSONObject) -> DecodedDelivery.Outcome {
        do throws(FieldProblem) {
            let observation: Observation?
            switch event {
            case "ping": return .ping
            case "pull_request": observation = try pullRequest(root)
            case "check_run": observation = try checkRun(root)
            case "status": observation = try commitStatus(root)
            case "push": observation = try push(root)
            case "release": observation = try release(root)
            default: observation = nil
            }
            return observation.map { .observed([$0]) } ?? .ignored
        } catch {
            return .malformed(reason: error.description)
        }
    }

    func repository(_ root: JSONObject) throws(FieldProblem) -> Repository {
        let repository = try root.object("repository")
        return Repository(
            id: try repository.integer("id"), fullName: try repository.string("full_name"),
            isPrivate: repository.optionalFlag("private") ?? false)
    }

    private func push(_ root: JSONObject) throws(FieldProblem) -> Observation {
        .branchPushed(
            BranchPushed(repository: try repository(root), ref: try root.string("ref"), sha: try root.string("after", .sha)))
    }

    private func release(_ root: JSONObject) throws(FieldProblem) -> Observation? {
        guard try root.string("action", .word) == "published" else { return nil }
        return .releasePublished(
            ReleasePublished(
                repository: try repository(root), tag: try root.string("release.tag_name"),
                publishedAt: try root.optionalTime("release.published_at")))
    }
}
