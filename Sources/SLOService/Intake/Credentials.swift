public import SLOSources
public import SLOCore
import Synchronization

/// The secrets and tokens that authenticate senders. Several secrets of one source are valid at once, so that one can
/// be rotated.
public struct Credentials: Sendable {
    private let secrets: [Source: SecretSet]
    package let testingFarmTokens: TokenSet
    /// Of those who may write through the API.
    private let apiTokens: TokenSet

    public init(
        secrets: [Source: SecretSet] = [:], testingFarmTokens: TokenSet = .none, apiTokens: TokenSet = .none
    ) {
        self.secrets = secrets
        self.testingFarmTokens = testingFarmTokens
        self.apiTokens = apiTokens
    }

    package func secrets(of source: Source) -> SecretSet {
        secrets[source] ?? .none
    }

    /// Whether any delivery of the source can be authenticated.
    public func canVerify(_ source: Source) -> Bool {
        !secrets(of: source).isEmpty || (source == .testingFarm && !testingFarmTokens.isEmpty)
    }

    func writeAccess(with token: String?) -> WriteAccess {
        guard !apiTokens.isEmpty else { return .closed }
        return token.map(apiTokens.contains) == true ? .granted : .denied
    }

    /// Unsigned recordings are accepted even if a secret is configured; a signature must be valid.
    package func accept(recorded delivery: ReceivedDelivery) -> Bool {
        let secrets = secrets(of: delivery.source)
        guard delivery.headers.signature != nil, !secrets.isEmpty else { return true }
        return delivery.body.withUnsafeBytes {
            secrets.check(signature: delivery.headers.signature, body: $0) == .valid
        }
    }
}

/// The credentials in force, replaceable while deliveries arrive.
final class CredentialsHolder: Sendable {
    private let held: Mutex<Credentials>

    init(_ credentials: Credentials) {
        held = Mutex(credentials)
    }

    var current: Credentials { held.withLock { $0 } }

    func replace(with credentials: Credentials) {
        held.withLock { $0 = credentials }
    }
}
