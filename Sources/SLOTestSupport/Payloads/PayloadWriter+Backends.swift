internal import SLOCore

extension PayloadWriter {
    /// A message as Fedora Messaging's tools write it; without its time, in the flat form that Packit's listener sends.
    func writeMessage(_ build: BuildReported, to body: inout JSONWriter, identity: String) {
        let topic = build.event == .started ? "build.start" : "build.end"
        body.open()
        if let sentAt = build.sentAt {
            body.field("id", identity)
            body.object("headers") { headers in
                headers.field("fedora_messaging_schema", "copr.\(topic)")
                headers.field("sent-at", Self.withOffset(sentAt))
            }
            body.open("body")
            write(build, to: &body)
            body.close()
        } else {
            write(build, to: &body)
        }
        body.field("topic", "org.fedoraproject.prod.copr.\(topic)")
        body.close()
    }

    private func write(_ build: BuildReported, to body: inout JSONWriter) {
        let status: Int64 =
            switch build.event {
            case .started: 3
            case .succeeded: 1
            case .failed: 0
            }
        body.field("build", build.buildID)
        body.field("chroot", build.chroot ?? "srpm-builds")
        body.field("copr", build.project)
        body.field("owner", build.owner)
        body.field("user", Self.coprUser(of: build.deployment))
        body.field("status", status)
        body.null("pkg")
        body.null("version")
        body.field("pid", 4711)
    }

    /// The document of a request.
    func writeRequest(_ request: TestRunReported, to body: inout JSONWriter) {
        let (state, overall) = Self.words(for: request.step)
        body.open()
        body.field("id", request.requestID)
        body.field("state", state)
        body.field("created", request.createdAt.map { Self.naive($0) })
        body.field("updated", request.createdAt.map { Self.naive($0) })
        body.field("queued_time", thousandths: Self.span(request.createdAt, request.startedAt))
        body.field("run_time", thousandths: Self.span(request.startedAt, request.finishedAt))
        if overall != nil || request.summary != nil {
            body.object("result") { result in
                result.field("overall", overall)
                result.field("summary", request.summary)
                result.null("xunit")
            }
        } else {
            body.null("result")
        }
        body.openList("environments_requested")
        writeEnvironment(of: request, to: &body)
        body.closeList()
        body.close()
    }

    private func writeEnvironment(of request: TestRunReported, to body: inout JSONWriter) {
        body.open()
        body.object("variables") { variables in
            if let name = request.repositoryName { variables.field("PACKIT_FULL_REPO_NAME", name) }
            if let sha = request.sha { variables.field("PACKIT_COMMIT_SHA", sha) }
            if let number = request.pullRequest { variables.field("PACKIT_PR_ID", String(number)) }
            if let build = request.buildID { variables.field("PACKIT_COPR_BUILD_ID", String(build)) }
        }
        if let build = request.buildID, let chroot = request.chroot {
            body.openList("artifacts")
            body.open()
            body.field("id", "\(build):\(chroot)")
            body.field("type", "fedora-copr-build")
            body.close()
            body.closeList()
        }
        body.open("tmt")
        body.open("context")
        if let (distribution, architecture) = request.chroot.flatMap(Self.parts(ofChroot:)) {
            body.field("distro", distribution)
            body.field("arch", architecture)
        }
        body.field("initiator", "packit")
        if let deployment = request.deployment { body.field("deployment", deployment.label) }
        body.close()
        body.close()
        body.close()
    }

    private static func words(for step: Step) -> (state: String, overall: String?) {
        switch step {
        case .started: ("running", nil)
        case .finished(.success, _): ("complete", "passed")
        case .finished(.failure, _): ("complete", "failed")
        case .finished(.skipped, _): ("complete", "skipped")
        case .finished(.canceled, _): ("canceled", nil)
        case .finished(.error, .unclassified): ("complete", nil)
        case .finished: ("error", "error")
        default: ("queued", nil)
        }
    }

    /// The architecture follows the last dash.
    private static func parts(ofChroot chroot: String) -> (distribution: String, architecture: String)? {
        chroot.lastIndex(of: "-").map {
            (String(chroot[..<$0]), String(chroot[chroot.index(after: $0)...]))
        }
    }

    /// UTC without an offset, `2026-11-22T10:00:00.412000`.
    private static func naive(_ time: Timestamp) -> String {
        let fraction = String(time.milliseconds - time.flooredToSecond.milliseconds)
        return time.flooredToSecond.rfc3339.dropLast() + "."
            + String(repeating: "0", count: 3 - fraction.utf8.count) + fraction + "000"
    }

    private static func span(_ earlier: Timestamp?, _ later: Timestamp?) -> Int64? {
        guard let earlier, let later else { return nil }
        return (later - earlier).milliseconds
    }
}
