internal import SLOCore
internal import SLOSources
import Synchronization

/// Looks up requests at Testing Farm: `GET /v0.1/requests/{id}`.
///
/// A refusal allows no conclusion, because requests of internal ranches may be hidden. Therefore 401, 403, 404 and 410
/// never lead to a verdict.
final class RequestLookup: Lookup {
    private let client: UpstreamClient
    private let decoder: TestingFarmDecoder
    private let token: Mutex<String?>

    /// - Parameter token: for requests that are not public; `nil` sends none.
    init(client: UpstreamClient, sources: SourceSettings, rules: RuleBook, token: String?) {
        self.client = client
        decoder = TestingFarmDecoder(settings: sources, rules: rules)
        self.token = Mutex(token)
    }

    /// Applies a new token at once.
    func replaceToken(with token: String?) {
        self.token.withLock { $0 = token }
    }

    func ask(_ lookupRequest: LookupRequest) async throws -> Finding {
        guard case .request(let id) = lookupRequest.subject else { return .found([]) }
        let token = token.withLock { $0 }
        return try await client.get(
            "/v0.1/requests/" + PercentEncoding.encoded(id),
            headers: token.map { [("Authorization", "Bearer " + $0)] } ?? []
        ) { answer in
            if let refusal = answer.refusal() { return refusal }
            return .found(try answer.object { try self.observations(of: $0, about: id) })
        }
    }

    private func observations(of root: JSONObject, about id: String) throws -> [Observation] {
        guard let report = try decoder.report(root) else { return [] }
        guard report.requestID == id else {
            throw FieldProblem(path: "id", kind: .unreadable("the id of the requested request"))
        }
        return [.testRunReported(report)]
    }
}
