internal import SLOCore

/// Decodes GitHub's events. Of other events and actions only the repository is read.
struct GitHubDecoder {
    let settings: SourceSettings
    let rules: RuleBook
    /// The deployment to whose App the delivery was sent.
    let addressee: Deployment?

    func decode(event: String, _ root: JSONObject) -> DecodedDelivery.Outcome {
        do throws(FieldProblem) {
            let observation: Observation?
            // Only comments may say several things.
            if event == "issue_comment" {
                let observations = try issueComment(root)
                return observations.isEmpty ? .ignored : .observed(observations)
            }
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
            id: try repository.repositoryID("id"), fullName: try repository.string("full_name"),
            isPrivate: repository.optionalFlag("private") ?? false, statedAt: Self.newestTime(in: root))
    }

    /// The repository in an event that is not used otherwise (docs/counting.md, rule 37).
    func repositoryNamed(by event: String, _ root: JSONObject) -> Repository? {
        guard let repository = root.optionalObject("repository"), let id = repository.optionalRepositoryID("id"),
            let name = repository.optionalString("full_name")
        else { return nil }
        let isPrivatized = event == "repository" && root.optionalString("action", .word) == "privatized"
        return Repository(
            id: id, fullName: name, isPrivate: isPrivatized || repository.optionalFlag("private") ?? false,
            statedAt: Self.newestTime(in: root))
    }

    /// The newest time in the body, which orders bodies by age. Times of commits are ignored: their authors choose
    /// them.
    private static func newestTime(in root: JSONObject) -> Timestamp? {
        var newest: Timestamp?
        func note(_ times: [StaticString], of object: JSONObject) {
            for time in times.lazy.compactMap({ object.statedTime($0) }) { newest = max(newest ?? time, time) }
        }
        note(ownTimes, of: root)
        for (name, times) in timesOfMembers { root.optionalObject(name).map { note(times, of: $0) } }
        return newest
    }

    private static let ownTimes: [StaticString] = ["updated_at", "created_at"]
    private static let timesOfMembers: [(member: StaticString, times: [StaticString])] = [
        ("repository", ["updated_at", "pushed_at"]), ("pull_request", ["updated_at", "closed_at", "created_at"]),
        ("check_run", ["completed_at", "started_at"]), ("check_suite", ["updated_at"]), ("comment", ["updated_at"]),
        ("issue", ["updated_at"]), ("release", ["published_at"]),
    ]

    private func push(_ root: JSONObject) throws(FieldProblem) -> Observation {
        .branchPushed(
            BranchPushed(
                repository: try repository(root), ref: try root.string("ref"), sha: try root.string("after", .sha)))
    }

    private func release(_ root: JSONObject) throws(FieldProblem) -> Observation? {
        guard try root.string("action", .word) == "published" else { return nil }
        return .releasePublished(
            ReleasePublished(
                repository: try repository(root), tag: try root.string("release.tag_name"),
                publishedAt: try root.optionalTime("release.published_at")))
    }
}

extension JSONObject {
    fileprivate func repositoryID(_ path: StaticString) throws(FieldProblem) -> RepositoryID {
        guard let id = RepositoryID(try integer(path), on: .github) else {
            throw problem(path, .unreadable("a repository's number"))
        }
        return id
    }

    func optionalRepositoryID(_ path: StaticString) -> RepositoryID? {
        optionalInteger(path).flatMap { RepositoryID($0, on: .github) }
    }
}
