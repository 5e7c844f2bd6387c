public import SLOCore

/// Writes deliveries for observations, as GitHub, Fedora's message bus and Testing Farm would send them.
///
/// `prod` is the App and user that are known without configuration (`packit-as-a-service`, `packit`); another
/// deployment has its label appended (`packit-as-a-service-stg`, `packit-stg`).
public struct PayloadWriter: Sendable {
    /// Pads bodies of `pull_request` to this size. GitHub's have about 23,000 bytes.
    public var pullRequestBytes: Int
    /// The token in Testing Farm's notifications.
    public var testingFarmToken: String
    private let filler: [UInt8]

    public init(pullRequestBytes: Int = 0, testingFarmToken: String = "token") {
        self.pullRequestBytes = pullRequestBytes
        self.testingFarmToken = testingFarmToken
        let words = Array("What this changes, and why it does so. ".utf8)
        filler = (0..<max(0, pullRequestBytes)).map { words[$0 % words.count] }
    }

    /// The delivery of a history's entry; `nil` if the entry is not a delivery.
    /// - Parameter index: the entry's position in its history, which makes the delivery's identity: the same fact at
    ///   another position is another delivery.
    public func payload(of entry: History.Entry, index: Int) -> Payload? {
        guard case .observation(let observation) = entry.input, !observation.isReading else { return nil }
        return payload(of: observation, index: index, receivedAt: entry.receivedAt)
    }

    public func payload(of observation: Observation, index: Int, receivedAt: Timestamp) -> Payload {
        var body = JSONWriter()
        let identity = Self.identity(index)
        let event = write(observation, to: &body, identity: identity)
        return Payload(
            receivedAt: receivedAt, source: event.source, headers: headers(event, identity: identity),
            body: body.bytes)
    }

    /// The id of a deployment's GitHub App. A decoder must know it to recognise the deployment to whose App a change
    /// was sent.
    public static func appID(of deployment: Deployment) -> Int64 {
        deployment.label == "prod" ? 29_180 : 29_181 + Int64(deployment.label.utf8.reduce(0) { $0 + Int($1) })
    }

    static func appSlug(of deployment: Deployment) -> String {
        deployment.label == "prod" ? "packit-as-a-service" : "packit-as-a-service-\(deployment.label)"
    }

    static func coprUser(of deployment: Deployment) -> String {
        deployment.label == "prod" ? "packit" : "packit-\(deployment.label)"
    }

    /// A delivery's id, by its position.
    static func identity(_ index: Int) -> String {
        var random = SeededGenerator(seed: UInt64(bitPattern: Int64(index)), for: "delivery")
        return random.uuid()
    }

    /// The kind of delivery of a body.
    struct Event {
        let source: Source
        /// GitHub's name of the event.
        var name = ""
        var addressee: Deployment?
    }

    private func write(_ observation: Observation, to body: inout JSONWriter, identity: String) -> Event {
        switch observation {
        case .changePushed(let change):
            writePullRequest(change, to: &body, filler)
            return Event(source: .github, name: "pull_request", addressee: change.addressee)
        case .changeClosed(let change):
            writePullRequest(change, to: &body, filler)
            return Event(source: .github, name: "pull_request")
        case .statusReported(let status): return writeStatus(status, to: &body)
        case .branchPushed(let push):
            writePush(push, to: &body)
            return Event(source: .github, name: "push")
        case .releasePublished(let release):
            writeRelease(release, to: &body)
            return Event(source: .github, name: "release")
        case .repositoryNamed(let repository):
            writeRepository(repository, to: &body)
            return Event(source: .github, name: "repository")
        case .buildReported(let build):
            writeMessage(build, to: &body, identity: identity)
            return Event(source: .copr)
        case .testRunReported(let request):
            writeRequest(request, to: &body)
            return Event(source: .testingFarm)
        case .testRunHinted(let id):
            body.open()
            body.field("request_id", id)
            body.field("token", testingFarmToken)
            body.close()
            return Event(source: .testingFarm)
        case .commandGiven(let command):
            writeCommand(command, to: &body)
            return Event(source: .github, name: "issue_comment")
        case .appCommented(let comment):
            writeComment(comment, to: &body)
            return Event(source: .github, name: "issue_comment")
        case .buildLookedUp, .jobIdentified, .appDeliveriesListed:
            preconditionFailure("an answer is no delivery")
        }
    }

    private func writeStatus(_ status: StatusReported, to body: inout JSONWriter) -> Event {
        switch status.carrier {
        case .checkRun(let id):
            writeCheckRun(status, id: id, to: &body)
            return Event(source: .github, name: "check_run")
        case .commitStatus(let id):
            writeCommitStatus(status, id: id, to: &body)
            return Event(source: .github, name: "status")
        }
    }

    private func headers(_ event: Event, identity: String) -> [(name: String, value: String)] {
        var headers = [(name: "Content-Type", value: "application/json")]
        guard event.source == .github else { return headers }
        headers.append(("User-Agent", "GitHub-Hookshot/5c1e7a0"))
        headers.append(("X-GitHub-Delivery", identity))
        headers.append(("X-GitHub-Event", event.name))
        headers.append(("X-GitHub-Hook-ID", "511830264"))
        if let addressee = event.addressee {
            headers.append(("X-GitHub-Hook-Installation-Target-ID", String(Self.appID(of: addressee))))
            headers.append(("X-GitHub-Hook-Installation-Target-Type", "integration"))
        } else {
            headers.append(("X-GitHub-Hook-Installation-Target-ID", "484616845"))
            headers.append(("X-GitHub-Hook-Installation-Target-Type", "repository"))
        }
        return headers
    }
}
