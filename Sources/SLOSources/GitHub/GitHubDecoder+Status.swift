internal import SLOCore

extension GitHubDecoder {
    /// The limit of pull requests read from a check run, which lists few.
    private static let mostPullRequests = 100

    func checkRun(_ root: JSONObject) throws(FieldProblem) -> Observation? {
        let action = try root.string("action", .word)
        guard action == "created" || action == "completed" else { return nil }
        let check = try root.object("check_run")
        guard let deployment = check.optionalObject("app").flatMap({ deployment(ofApp: $0) }) else { return nil }
        let repository = try repository(root)
        let status = try check.string("status", .word)
        return .statusReported(
            reported(
                ReportedState(
                    state: status == "completed" ? try check.string("conclusion", .word) : status,
                    title: check.optionalString("output.title", .title) ?? "",
                    job: check.withText("details_url", JobLink.init(url:)),
                    requestID: check.withText("output.summary", RequestLink.requestID(inSummary:))
                        ?? check.withText("details_url", RequestLink.requestID(inURL:))),
                repository: repository, sha: try check.string("head_sha", .sha), deployment: deployment,
                carrier: .checkRun(id: try check.integer("id")), name: try check.string("name"),
                externalID: check.optionalString("external_id") ?? "",
                pullRequests: pullRequests(check, of: repository),
                startedAt: try check.optionalTime("started_at"),
                completedAt: try check.optionalTime("completed_at")))
    }

    func commitStatus(_ root: JSONObject) throws(FieldProblem) -> Observation? {
        guard let deployment = settings.deployment(bot: try root.string("sender.login")) else { return nil }
        return .statusReported(
            reported(
                ReportedState(
                    state: try root.string("state", .word), title: root.optionalString("description", .title) ?? "",
                    job: root.withText("target_url", JobLink.init(url:)),
                    requestID: root.withText("target_url", RequestLink.requestID(inURL:))),
                repository: try repository(root), sha: try root.string("sha", .sha), deployment: deployment,
                carrier: .commitStatus(id: try root.integer("id")), name: try root.string("context"),
                startedAt: try root.time("created_at")))
    }

    /// The input of the classification rules.
    private struct ReportedState {
        let state: String
        let title: String
        let job: JobLink?
        let requestID: String?
    }

    private func reported(
        _ reported: ReportedState, repository: Repository, sha: String, deployment: Deployment,
        carrier: StatusReported.Carrier, name: String, externalID: String = "", pullRequests: [Int] = [],
        startedAt: Timestamp?, completedAt: Timestamp? = nil
    ) -> StatusReported {
        let name = rules.name(name)
        func step(_ kind: RunKind) -> Step {
            // The check of another job says nothing about builds and test runs, and theirs nothing about it.
            guard name.subject != .other, (name.subject == .job) == (kind == .job) else { return .unclear }
            return rules.step(
                kind, state: reported.state, title: reported.title, link: reported.job?.job,
                hasRequest: reported.requestID != nil)
        }
        return StatusReported(
            repository: repository, sha: sha, deployment: deployment, carrier: carrier, name: name,
            externalID: externalID, pullRequests: pullRequests, startedAt: startedAt, completedAt: completedAt,
            state: reported.state, title: reported.title, job: reported.job, requestID: reported.requestID,
            asBuild: step(.build), asTestRun: step(.testRun), asJob: step(.job))
    }

    /// Identifies the App by its `slug`, otherwise by its page's URL, which ends with the slug, otherwise by its
    /// configured id (docs/counting.md, rule 36). The App is null after its deletion.
    func deployment(ofApp app: JSONObject) -> Deployment? {
        if let slug = app.optionalString("slug"), !slug.isEmpty { return settings.deployment(appSlug: slug) }
        if let slug = app.withText("html_url", AppPage.slug(inURL:)) { return settings.deployment(appSlug: slug) }
        return app.optionalInteger("id").flatMap { settings.deployment(appID: $0) }
    }

    /// The listed pull requests of this repository: GitHub may list those of forks, too.
    private func pullRequests(_ check: JSONObject, of repository: Repository) -> [Int] {
        check.members("pull_requests", limit: Self.mostPullRequests) { entry in
            if let base = entry.optionalRepositoryID("base.repo.id"), base != repository.id { return nil }
            return entry.optionalInteger("number").map(Int.init)
        }
    }
}
