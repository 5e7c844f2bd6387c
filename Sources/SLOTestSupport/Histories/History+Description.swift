import SLOCore

extension History.Entry: CustomStringConvertible {
    /// One line: when it was received, and its content.
    public var description: String { "\(receivedAt.rfc3339)  \(input)" }
}

extension History.Input: CustomStringConvertible {
    public var description: String {
        switch self {
        case .start(let blindSince): "start" + (blindSince.map { ", blind since \($0.rfc3339)" } ?? "")
        case .observation(let observation): observation.line
        }
    }
}

extension Observation {
    fileprivate var line: String {
        switch self {
        case .changePushed(let fact):
            "\(fact.action) \(fact.repository.line)#\(fact.number) \(fact.headSHA.prefix(6)) onto \(fact.baseRef) "
                + "\(fact.startedAt.rfc3339)" + (fact.addressee.map { " to \($0.label)" } ?? "")
                + (fact.headRepository == nil ? " fork deleted" : "")
        case .changeClosed(let fact): "closed \(fact.repository.line)#\(fact.number) \(fact.closedAt.rfc3339)"
        case .statusReported(let fact): fact.line
        case .branchPushed(let fact): "push \(fact.repository.line) \(fact.ref) \(fact.sha.prefix(6))"
        case .releasePublished(let fact): "release \(fact.repository.line) \(fact.tag)"
        case .repositoryNamed(let repository): "named \(repository.line)"
        case .buildReported(let fact):
            "copr \(fact.event) \(fact.buildID) \(fact.chroot ?? "source") in \(fact.owner)/\(fact.project) "
                + "by \(fact.deployment.label) \(fact.sentAt?.rfc3339 ?? "without a time") \(fact.version ?? "")"
        case .testRunReported(let fact): fact.line
        case .testRunHinted(let request): "hint \(request.prefix(8))"
        case .buildLookedUp(let fact): "copr says \(fact.step) of \(fact.buildID) \(fact.chroot)"
        case .commandGiven(let fact):
            "command \(fact.commentID) '\(fact.word)' to \(fact.deployment.label) on \(fact.repository.line)#\(fact.number) "
                + "\(fact.givenAt.rfc3339)" + (fact.isClosed ? " closed" : "")
        case .appCommented(let fact):
            "comment \(fact.commentID) of \(fact.deployment.label) on \(fact.repository.line)#\(fact.number) "
                + fact.commentedAt.rfc3339
        case .jobIdentified(let fact): "packit says \(fact.job.job)/\(fact.job.id) is \(fact.backend)"
        case .appDeliveriesListed(let fact): fact.line
        }
    }
}

extension Repository {
    fileprivate var line: String { "\(id):\(fullName)" }
}

extension StatusReported {
    fileprivate var line: String {
        let number: String =
            switch carrier {
            case .checkRun(let id): "check \(id)"
            case .commitStatus(let id): "status \(id)"
            }
        let step =
            switch name.subject {
            case .build: asBuild
            case .job: asJob
            case .testRun, .other, .unknown: asTestRun
            }
        return [
            number, "\(deployment.label) \(repository.line) \(sha.prefix(6)) e\(externalID)", name.text,
            "(\(name.subject))", "'\(state)' \(step) \"\(title)\"",
            startedAt.map { "from \($0.rfc3339)" }, completedAt.map { "to \($0.rfc3339)" },
            job.map { "\($0.job)/\($0.id)" }, requestID.map { "request \($0.prefix(8))" },
            pullRequests.isEmpty ? nil : "of \(pullRequests)",
        ].compactMap { $0 }.joined(separator: " ")
    }
}

extension TestRunReported {
    fileprivate var line: String {
        [
            "request \(requestID.prefix(8)) \(deployment?.label ?? "of nobody") \(step)",
            createdAt.map { "created \($0.rfc3339)" }, startedAt.map { "started \($0.rfc3339)" },
            finishedAt.map { "finished \($0.rfc3339)" }, repositoryName, sha.map { String($0.prefix(6)) }, chroot,
            buildID.map { "build \($0)" },
        ].compactMap { $0 }.joined(separator: " ")
    }
}

extension AppDeliveriesListed {
    fileprivate var line: String {
        let lines = attempts.map { attempt in
            "\(attempt.id) of \(attempt.delivery) \(attempt.deliveredAt.rfc3339) \(attempt.status.rawValue)"
                + " in \(attempt.duration.inSeconds) s" + (attempt.isRedelivery ? " again" : "")
        }
        return "deliveries to App \(app) of \(deployment.label): [\(lines.joined(separator: "; "))]"
            + (readThrough.map { " read through \($0.rfc3339)" } ?? "")
    }
}
