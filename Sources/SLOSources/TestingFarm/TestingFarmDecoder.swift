package import SLOCore

/// What Testing Farm sends.
enum TestingFarmEvent: String, CaseIterable {
    /// `{request_id, token}`: a request has changed.
    case notification
    /// `{id, state, result, …}`: the request itself.
    case request

    init(_ root: JSONObject) {
        self = root.has("request_id") && !root.has("state") ? .notification : .request
    }
}

/// Decodes Testing Farm's requests and notifications.
package struct TestingFarmDecoder: Sendable {
    let settings: SourceSettings
    let rules: RuleBook

    package init(settings: SourceSettings, rules: RuleBook) {
        self.settings = settings
        self.rules = rules
    }

    func decode(_ event: TestingFarmEvent, _ root: JSONObject) -> DecodedDelivery.Outcome {
        do throws(FieldProblem) {
            switch event {
            case .notification:
                return .observed([.testRunHinted(requestID: try Self.requestID(root, "request_id"))])
            case .request:
                return try report(root).map { .observed([.testRunReported($0)]) } ?? .ignored
            }
        } catch {
            return .malformed(reason: error.description)
        }
    }

    /// The document without tokens and keys, if it contains any. Empty if memory ran out.
    static func scrubbed(_ root: JSONObject) -> [UInt8]? {
        switch root.copied(without: ["token", "api_key"]) {
        case .copy(let text): text
        case .nothingToLeaveOut: nil
        case .outOfMemory: Array("{}".utf8)
        }
    }

    /// The observation in a request's document; `nil` if somebody other than Packit submitted it.
    package func report(_ root: JSONObject) throws(FieldProblem) -> TestRunReported? {
        let environments = Environments(root, rules)
        if let initiator = environments.initiator, initiator != "packit" { return nil }
        let state = try RequestState(root)
        let times = try RequestTimes(root, state)
        return TestRunReported(
            deployment: environments.deploymentLabel.flatMap(settings.deployment(labelled:)),
            requestID: try Self.requestID(root, "id"), step: state.step,
            createdAt: times.created, startedAt: times.started, finishedAt: times.finished,
            repositoryName: environments.repositoryName, sha: environments.sha,
            pullRequest: environments.pullRequest, chroot: environments.chroot, buildID: environments.buildID,
            summary: root.optionalString("result.summary", .title))
    }

    /// The UUID of a request, in lower case.
    package static func requestID(_ root: JSONObject, _ path: StaticString) throws(FieldProblem) -> String {
        let id = try root.string(path)
        guard HeaderRules.isDeliveryID(id) else { throw FieldProblem(path: "\(path)", kind: .unreadable("a UUID")) }
        return id.lowercased()
    }
}
