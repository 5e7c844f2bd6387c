internal import SLOCore
internal import SLOSources

/// The result of a lookup.
enum Finding: Equatable, Sendable {
    /// The observations in the reply; empty if it contains nothing new to count.
    case found([Observation])
    /// The upstream does not know the subject.
    /// - conclusion: the observations that follow if it says so twice.
    case absent(conclusion: [Observation])
    /// The upstream denies access.
    case denied(status: Int)
}

/// Looks up subjects at one upstream.
protocol Lookup: Sendable {
    /// - Throws: `UpstreamError`, also for a reply about another subject; `CancellationError`.
    func ask(_ lookupRequest: LookupRequest) async throws -> Finding
}

extension UpstreamResponse {
    /// The finding that follows from a status without a document.
    /// - Parameter conclusion: the observations that follow if the upstream does not know the subject.
    /// - Returns: `nil` for a reply with a document.
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
    /// Seconds since 1970; `nil` if the field is null.
    func optionalUnixTime(_ path: StaticString) throws(FieldProblem) -> Timestamp? {
        guard has(path), !isNull(path) else { return nil }
        let seconds = try integer(path)
        guard (0...4_102_444_800).contains(seconds) else {
            throw FieldProblem(path: "\(path)", kind: .unreadable("a time in seconds since 1970"))
        }
        return Timestamp(seconds: seconds)
    }
}
