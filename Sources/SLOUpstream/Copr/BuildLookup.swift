internal import SLOCore
internal import SLOSources
import Synchronization

/// Looks up chroots of builds at Copr: `GET /api_3/build-chroot/` and, for the whole build, `GET /api_3/build/{id}`.
/// Needs no token.
final class BuildLookup: Lookup {
    private let client: UpstreamClient
    /// When builds were submitted, which never changes.
    private let submissions = Mutex<[Int64: Timestamp]>([:])
    private static let submissionsLimit = 1024

    init(client: UpstreamClient) {
        self.client = client
    }

    func ask(_ lookupRequest: LookupRequest) async throws -> Finding {
        guard case .build(let build, let chroot) = lookupRequest.subject else { return .found([]) }
        let found = try await askAboutChroot(chroot, of: build)
        switch found {
        case .refused(.absent):
            return try await askWhetherGone(build, chroot)
        case .refused(let finding): return finding
        case .found(let chroot):
            guard chroot.isConclusive else { return .found([]) }
            let submitted = try await submission(of: build)
            return .found([.buildLookedUp(chroot.observation(of: build, submittedAt: submitted))])
        }
    }

    private enum Answer: Sendable {
        case refused(Finding)
        case found(ChrootDocument)
    }

    private func askAboutChroot(_ chroot: String, of build: Int64) async throws -> Answer {
        try await client.get(
            "/api_3/build-chroot/?build_id=\(build)&chrootname=\(PercentEncoding.encoded(chroot))"
        ) { answer in
            if let refusal = answer.refusal() { return .refused(refusal) }
            return .found(try answer.object { try ChrootDocument($0, about: chroot) })
        }
    }

    /// A single chroot may be missing for its own reasons. Only a build that Copr reports as missing allows a
    /// conclusion.
    private func askWhetherGone(_ build: Int64, _ chroot: String) async throws -> Finding {
        try await client.get("/api_3/build/\(build)") { answer in
            let isGone = [404, 410].contains(answer.status) && Self.names(build, in: answer)
            let gone = BuildLookedUp(
                buildID: build, chroot: chroot, step: .finished(.error, .lost), ground: .inferred)
            return .absent(conclusion: isGone ? [.buildLookedUp(gone)] : [])
        }
    }

    /// Whether the reply is Copr's own error about the build: an object whose message contains the build's number. A
    /// reply of a proxy, or from another URL, differs.
    private static func names(_ build: Int64, in answer: UpstreamResponse) -> Bool {
        let sentence = (try? answer.object { $0.optionalString("error", .title) }) ?? ""
        return sentence.split { !$0.isNumber }.contains { $0 == String(build) }
    }

    /// `nil` if Copr does not say.
    private func submission(of build: Int64) async throws -> Timestamp? {
        if let known = submissions.withLock({ $0[build] }) { return known }
        let submitted: Timestamp? = try await client.get("/api_3/build/\(build)") { answer in
            guard answer.isSuccess else { return nil }
            return try answer.object { root in
                guard try root.integer("id") == build else {
                    throw FieldProblem(path: "id", kind: .unreadable("the id of the requested build"))
                }
                return try root.optionalUnixTime("submitted_on")
            }
        }
        submissions.withLock { submissions in
            if submissions.count >= Self.submissionsLimit { submissions = [:] }
            submissions[build] = submitted
        }
        return submitted
    }
}

/// One chroot of a build, from Copr's API.
struct ChrootDocument: Sendable {
    private let chroot: String
    private let state: State
    private let startedAt: Timestamp?
    private let endedAt: Timestamp?

    private enum State: String {
        case failed, succeeded, canceled, running, pending, skipped, starting, importing, forked, waiting, unknown
    }

    /// - Throws: `FieldProblem`, also for another chroot and for times that contradict each other.
    init(_ root: JSONObject, about chroot: String) throws {
        guard try root.string("name") == chroot else {
            throw FieldProblem(path: "name", kind: .unreadable("the requested chroot"))
        }
        guard let state = State(rawValue: try root.string("state", .word)) else {
            throw FieldProblem(path: "state", kind: .unreadable("a known state of a build"))
        }
        self.chroot = chroot
        self.state = state
        startedAt = try root.optionalUnixTime("started_on")
        endedAt = try root.optionalUnixTime("ended_on")
        if let startedAt, let endedAt, endedAt < startedAt {
            throw FieldProblem(path: "ended_on", kind: .unreadable("at or after started_on"))
        }
    }

    /// A fork is a copy of a build that ran elsewhere, and `unknown` is not a state.
    var isConclusive: Bool { state != .forked && state != .unknown }

    func observation(of build: Int64, submittedAt: Timestamp?) -> BuildLookedUp {
        BuildLookedUp(
            buildID: build, chroot: chroot, step: step, ground: neverBegan ? .inferred : .stated,
            submittedAt: submittedAt, startedAt: hasRun ? startedAt : nil, finishedAt: hasEnded ? endedAt : nil)
    }

    private var step: Step {
        switch state {
        case .waiting, .importing, .pending, .starting, .forked, .unknown: .queued
        case .running: .started
        case .succeeded: .finished(.success, .stated)
        // A builder took it and returned it at once.
        case .failed where startedAt != nil && startedAt == endedAt: .finished(.error, .stated)
        case .failed where neverBegan: .finished(.failure, .unclassified)
        case .failed: .finished(.failure, .stated)
        case .canceled: .finished(.canceled, .stated)
        case .skipped: .finished(.skipped, .stated)
        }
    }

    /// It ended with its source build or with the import. Copr does not say which: the author has to fix the first, but
    /// not the second.
    private var neverBegan: Bool { state == .failed && startedAt == nil }

    /// `started_on` is set when Copr looks for a builder: a build cancelled then never ran.
    private var hasRun: Bool {
        switch state {
        case .running, .succeeded: true
        case .failed: startedAt != endedAt
        default: false
        }
    }

    private var hasEnded: Bool {
        if case .finished = step { true } else { false }
    }
}
