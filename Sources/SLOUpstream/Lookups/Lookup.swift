internal import SLOCore
internal import SLOSources

/// What came of asking.
enum Finding: Equatable, Sendable {
    /// What the answer says; nothing, if it says nothing that counts.
    case told([Observation])
    /// The upstream does not know what it was asked about.
    /// - conclusion: what may be concluded once it has said so twice.
    case absent(conclusion: [Observation])
    /// It does not tell this server.
    case denied(status: Int)
}

/// How one upstream is asked about something.
protocol Lookup: Sendable {
    /// - Throws: `UpstreamError`, also for an answer about something else than was asked; `CancellationError`.
    func ask(_ lookupRequest: LookupRequest) async throws -> Finding
}

extension UpstreamResponse {
    /// What a status says that brings no document.
    /// - Parameter conclusion: what may be concluded if it is that the upstream does not know it.
    /// - Returns: `nil` for an answer with a document.
    func refusal(conclusion: [Observation] = []) -> Finding? {
        switch status {
        case 200..<300: nil
        case 401, 403: .denied(status: status)
        case 404, 410: .absent(conclusion: conclusion)
        default: .absent(conclusion: [])
        }
    }
}

extension JSONObject {
    /// Seconds since 1970, or nothing yet.
    func optionalUnixTime(_ path: StaticString) throws(FieldProblem) -> Timestamp? {
        guard has(path), !isNull(path) else { return nil }
        let seconds = try integer(path)
        guard (0...4_102_444_800).contains(seconds) else {
            throw FieldProblem(path: "\(path)", kind: .unreadable("a time in seconds since 1970"))
        }
        return Timestamp(seconds: seconds)
    }
}
