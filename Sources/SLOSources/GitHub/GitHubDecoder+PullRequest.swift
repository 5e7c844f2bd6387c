internal import SLOCore

extension GitHubDecoder {
    func pullRequest(_ root: JSONObject) throws(FieldProblem) -> Observation? {
        let action = try root.string("action", .word)
        if action == "closed" { return .changeClosed(try changeClosed(root)) }
        guard let action = ChangePushed.Action(rawValue: action) else { return nil }
        return .changePushed(try changePushed(root, action))
    }

    private func changePushed(
        _ root: JSONObject, _ action: ChangePushed.Action
    ) throws(FieldProblem) -> ChangePushed {
        let pullRequest = try root.object("pull_request")
        return ChangePushed(
            repository: try repository(root), number: try number(root), action: action,
            headSHA: try pullRequest.string("head.sha", .sha),
            headRepository: pullRequest.isNull("head.repo") ? nil : try pullRequest.string("head.repo.full_name"),
            baseRef: try pullRequest.string("base.ref"),
            startedAt: try pullRequest.time(action == .opened ? "created_at" : "updated_at"),
            addressee: addressee)
    }

    private func changeClosed(_ root: JSONObject) throws(FieldProblem) -> ChangeClosed {
        let pullRequest = try root.object("pull_request")
        var closedAt = try pullRequest.optionalTime("closed_at")
        if closedAt == nil { closedAt = try pullRequest.time("updated_at") }
        guard let closedAt else { throw FieldProblem(path: "pull_request.closed_at", kind: .missing) }
        return ChangeClosed(
            repository: try repository(root), number: try number(root), closedAt: closedAt,
            pullRequest: closedPullRequest(pullRequest))
    }

    /// Closing a pull request ends the wait even if the other fields are missing.
    private func closedPullRequest(_ pullRequest: JSONObject) -> ClosedPullRequest? {
        guard let sha = pullRequest.optionalString("head.sha", .sha), let base = pullRequest.optionalString("base.ref"),
            let createdAt = pullRequest.statedTime("created_at")
        else { return nil }
        return ClosedPullRequest(
            headSHA: sha, headRepository: pullRequest.optionalString("head.repo.full_name"), baseRef: base,
            createdAt: createdAt)
    }

    private func number(_ root: JSONObject) throws(FieldProblem) -> Int {
        Int(try root.integer("number"))
    }
}
