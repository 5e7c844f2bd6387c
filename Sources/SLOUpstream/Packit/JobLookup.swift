internal import SLOCore
internal import SLOSources

/// Asks Packit what its jobs are at the backends: `GET /api/copr-builds/{id}`, `GET /api/testing-farm/{id}`. No token
/// is needed. What Packit says of how they ended is not looked at: it is Packit that is measured.
struct JobLookup: Lookup {
    let client: UpstreamClient

    func ask(_ lookupRequest: LookupRequest) async throws -> Finding {
        guard case .job(let job) = lookupRequest.subject, let path = Self.path(of: job.link) else { return .told([]) }
        return try await client.get(path) { answer in
            if let refusal = answer.refusal() { return refusal }
            return .told(try answer.object { try Self.observations(of: $0, about: job) })
        }
    }

    private static func path(of link: JobLink) -> String? {
        switch link.job {
        case .copr: "/api/copr-builds/\(link.id)"
        case .testingFarm: "/api/testing-farm/\(link.id)"
        case .srpm, .other: nil
        }
    }

    /// - Returns: nothing as long as it has not been submitted.
    private static func observations(of root: JSONObject, about job: LookupRequest.Job) throws -> [Observation] {
        guard try root.string("commit_sha", .sha) == job.sha else {
            throw FieldProblem(path: "commit_sha", kind: .unreadable("the commit that was asked about"))
        }
        let chroot = try root.string("chroot")
        guard job.chroot == nil || job.chroot == chroot else {
            throw FieldProblem(path: "chroot", kind: .unreadable("the one that was asked about"))
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
