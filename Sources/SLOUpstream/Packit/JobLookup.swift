internal import SLOCore
internal import SLOSources

/// Looks up at Packit the backend runs of its jobs: `GET /api/copr-builds/{id}`, `GET /api/testing-farm/{id}`. Needs no
/// token. Ignores Packit's own results, because Packit is what is measured.
struct JobLookup: Lookup {
    let client: UpstreamClient

    func ask(_ lookupRequest: LookupRequest) async throws -> Finding {
        guard case .job(let job) = lookupRequest.subject, let path = Self.path(of: job.link) else { return .found([]) }
        return try await client.get(path) { answer in
            if let refusal = answer.refusal() { return refusal }
            return .found(try answer.object { try Self.observations(of: $0, about: job) })
        }
    }

    private static func path(of link: JobLink) -> String? {
        switch link.job {
        case .copr: "/api/copr-builds/\(link.id)"
        case .testingFarm: "/api/testing-farm/\(link.id)"
        case .srpm, .other: nil
        }
    }

    /// - Returns: nothing until the job is submitted.
    private static func observations(of root: JSONObject, about job: LookupRequest.Job) throws -> [Observation] {
        guard try root.string("commit_sha", .sha) == job.sha else {
            throw FieldProblem(path: "commit_sha", kind: .unreadable("the job's commit"))
        }
        let chroot = try root.string("chroot")
        guard job.chroot == nil || job.chroot == chroot else {
            throw FieldProblem(path: "chroot", kind: .unreadable("the job's chroot"))
        }
        guard let backend = try backend(of: root, chroot, job.link) else { return [] }
        return [
            .jobIdentified(
                JobIdentified(
                    deployment: job.deployment, repository: job.repository, sha: job.sha, job: job.link,
                    backend: backend))
        ]
    }

    private static func backend(
        of root: JSONObject, _ chroot: String, _ link: JobLink
    ) throws -> BackendKey? {
        if link.job == .testingFarm {
            guard root.has("pipeline_id"), !root.isNull("pipeline_id") else { return nil }
            return .testingFarm(request: try TestingFarmDecoder.requestID(root, "pipeline_id"))
        }
        guard root.has("build_id"), !root.isNull("build_id") else { return nil }
        guard let build = root.digits("build_id"), build > 0 else {
            throw FieldProblem(path: "build_id", kind: .unreadable("the number of a build"))
        }
        return .copr(build: build, chroot: chroot)
    }
}
