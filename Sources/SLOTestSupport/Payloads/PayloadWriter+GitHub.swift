internal import SLOCore

extension PayloadWriter {
    func writePullRequest(_ change: ChangePushed, to body: inout JSONWriter, _ filler: [UInt8]) {
        body.open()
        body.field("action", change.action.rawValue)
        body.field("number", Int64(change.number))
        body.open("pull_request")
        body.field("number", Int64(change.number))
        body.field("state", "open")
        body.field("draft", false)
        // Times that the action does not use have another value.
        let time = change.startedAt.rfc3339
        let earlier = (change.startedAt - .days(1)).rfc3339
        body.field("created_at", change.action == .opened ? time : earlier)
        body.field("updated_at", change.action == .opened ? (change.startedAt + .seconds(1)).rfc3339 : time)
        body.null("closed_at")
        body.null("merged_at")
        body.object("head") { head in
            head.field("sha", change.headSHA)
            head.field("ref", "a-change")
            if let name = change.headRepository {
                head.object("repo") { $0.field("full_name", name) }
            } else {
                head.null("repo")
            }
        }
        body.object("base") { base in
            base.field("ref", change.baseRef)
            write(change.repository, "repo", to: &base)
        }
        fill(&body, filler)
        body.close()
        finish(&body, change.repository, sender: "mallow")
    }

    func writePullRequest(_ change: ChangeClosed, to body: inout JSONWriter, _ filler: [UInt8]) {
        body.open()
        body.field("action", "closed")
        body.field("number", Int64(change.number))
        body.open("pull_request")
        body.field("number", Int64(change.number))
        body.field("state", "closed")
        body.field("updated_at", (change.closedAt + .seconds(1)).rfc3339)
        body.field("closed_at", change.closedAt.rfc3339)
        body.field("merged_at", change.number % 2 == 0 ? change.closedAt.rfc3339 : nil)
        if let pullRequest = change.pullRequest {
            body.field("created_at", pullRequest.createdAt.rfc3339)
            body.object("head") { head in
                head.field("sha", pullRequest.headSHA)
                if let name = pullRequest.headRepository {
                    head.object("repo") { $0.field("full_name", name) }
                } else {
                    head.null("repo")
                }
            }
            body.object("base") { $0.field("ref", pullRequest.baseRef) }
        }
        fill(&body, filler)
        body.close()
        finish(&body, change.repository, sender: "mallow")
    }

    func writeCheckRun(_ status: StatusReported, id: Int64, to body: inout JSONWriter) {
        let isOpen = status.state == "queued" || status.state == "in_progress"
        body.open()
        body.field("action", isOpen ? "created" : "completed")
        body.open("check_run")
        body.field("id", id)
        body.field("name", status.name.text)
        body.field("head_sha", status.sha)
        body.field("external_id", status.externalID)
        body.field("details_url", status.job.map { Self.address(of: $0) } ?? "https://packit.dev")
        body.field("status", isOpen ? status.state : "completed")
        body.field("conclusion", isOpen ? nil : status.state)
        body.field("started_at", status.startedAt?.rfc3339)
        body.field("completed_at", status.completedAt?.rfc3339)
        body.object("output") { output in
            output.field("title", status.title)
            output.field("summary", Self.summary(status))
        }
        body.object("check_suite") { $0.field("id", id / 100) }
        body.object("app") { app in
            app.field("id", Self.appID(of: status.deployment))
            app.field("slug", Self.appSlug(of: status.deployment))
        }
        body.openList("pull_requests")
        for number in status.pullRequests {
            body.open()
            body.field("number", Int64(number))
            body.object("base") { base in
                base.field("ref", "main")
                base.object("repo") { $0.field("id", status.repository.id.number) }
            }
            body.close()
        }
        body.closeList()
        body.close()
        finish(&body, status.repository, sender: Self.appSlug(of: status.deployment) + "[bot]")
    }

    func writeCommitStatus(_ status: StatusReported, id: Int64, to body: inout JSONWriter) {
        body.open()
        body.field("id", id)
        body.field("sha", status.sha)
        body.field("context", status.name.text)
        body.field("state", status.state)
        body.field("description", status.title)
        body.field(
            "target_url",
            status.job.map { Self.address(of: $0) } ?? status.requestID.map { Self.artifacts + $0 })
        body.field("created_at", status.startedAt.map { Self.withOffset($0) })
        finish(&body, status.repository, sender: Self.appSlug(of: status.deployment) + "[bot]")
    }

    func writePush(_ push: BranchPushed, to body: inout JSONWriter) {
        let nothing = String(repeating: "0", count: 40)
        body.open()
        body.field("ref", push.ref)
        body.field("before", push.sha == nothing ? String(repeating: "1", count: 40) : nothing)
        body.field("after", push.sha)
        body.field("deleted", push.sha == nothing)
        body.field("forced", false)
        finish(&body, push.repository, sender: "mallow")
    }

    func writeRelease(_ release: ReleasePublished, to body: inout JSONWriter) {
        body.open()
        body.field("action", "published")
        body.object("release") { object in
            object.field("tag_name", release.tag)
            object.field("published_at", release.publishedAt?.rfc3339)
        }
        finish(&body, release.repository, sender: "mallow")
    }

    func writeCommand(_ command: CommandGiven, to body: inout JSONWriter) {
        body.open()
        body.field("action", "created")
        writeIssue(number: command.number, state: command.isClosed ? "closed" : "open", to: &body)
        body.object("comment") { comment in
            comment.field("id", command.commentID)
            comment.object("user") { user in
                user.field("login", "mallow")
                user.field("type", "User")
            }
            comment.field("author_association", command.authorAssociation)
            comment.field("created_at", command.givenAt.rfc3339)
            comment.field("updated_at", command.givenAt.rfc3339)
            comment.field("body", "Once more:\n\n\(Self.commandPrefix(of: command.deployment)) \(command.word)")
            comment.null("performed_via_github_app")
        }
        finish(&body, command.repository, sender: "mallow")
    }

    func writeComment(_ posted: AppCommented, to body: inout JSONWriter) {
        let login = Self.appSlug(of: posted.deployment) + "[bot]"
        body.open()
        body.field("action", "created")
        writeIssue(number: posted.number, state: "open", to: &body)
        body.object("comment") { comment in
            comment.field("id", posted.commentID)
            comment.object("user") { user in
                user.field("login", login)
                user.field("type", "Bot")
            }
            comment.field("created_at", posted.commentedAt.rfc3339)
            comment.field("updated_at", posted.commentedAt.rfc3339)
            comment.field("body", "Packit has nothing to do here.")
            comment.object("performed_via_github_app") { app in
                app.field("id", Self.appID(of: posted.deployment))
                app.field("slug", Self.appSlug(of: posted.deployment))
            }
        }
        finish(&body, posted.repository, sender: login)
    }

    private func writeIssue(number: Int, state: String, to body: inout JSONWriter) {
        body.object("issue") { issue in
            issue.field("number", Int64(number))
            issue.field("state", state)
            issue.object("pull_request") { $0.null("merged_at") }
        }
    }

    static func commandPrefix(of deployment: Deployment) -> String {
        deployment.label == "prod" ? "/packit" : "/packit-\(deployment.label)"
    }

    func writeRepository(_ repository: Repository, to body: inout JSONWriter) {
        body.open()
        body.field("action", "edited")
        finish(&body, repository, sender: "mallow")
    }

    /// `2026-11-22T10:00:00+00:00`
    static func withOffset(_ time: Timestamp) -> String {
        time.rfc3339.dropLast() + "+00:00"
    }

    private static let artifacts = "https://artifacts.dev.testing-farm.io/"

    private static func address(of link: JobLink) -> String {
        "https://dashboard.packit.dev/jobs/\(link.job.rawValue)/\(link.id)"
    }

    private static func summary(_ status: StatusReported) -> String {
        guard let requestID = status.requestID else { return "" }
        return "| Name/Job | URL |\n| --- | --- |\n| Testing Farm | \(artifacts)\(requestID) |"
    }

    private func write(_ repository: Repository, _ key: StaticString, to body: inout JSONWriter) {
        body.object(key) { object in
            object.field("id", repository.id.number)
            object.field("full_name", repository.fullName)
            object.field("private", repository.isPrivate)
        }
    }

    /// The end of all GitHub payloads.
    private func finish(_ body: inout JSONWriter, _ repository: Repository, sender: String) {
        write(repository, "repository", to: &body)
        body.object("sender") { $0.field("login", sender) }
        body.close()
    }

    /// The pull request's description.
    private func fill(_ body: inout JSONWriter, _ filler: [UInt8]) {
        // The length of what `finish` adds.
        let rest = 120
        guard filler.count > body.bytes.count + rest else { return }
        body.field("body", bytes: Array(filler.prefix(filler.count - body.bytes.count - rest)))
    }
}
