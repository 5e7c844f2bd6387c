public import SLOSources
public import SLOCore
import Synchronization

/// What senders prove themselves by. Several secrets of one source are valid at once, so that one can be rotated.
public struct Credentials: Sendable {
    private let secrets: [Source: SecretSet]
    package let testingFarmTokens: TokenSet

    public init(secrets: [Source: SecretSet] = [:], testingFarmTokens: TokenSet = .none) {
        self.secrets = secrets
        self.testingFarmTokens = testingFarmTokens
    }

    package func secrets(of source: Source) -> SecretSet {
        secrets[source] ?? .none
    }

    /// Whether anything the source sends could be believed.
    public func canVerify(_ source: Source) -> Bool {
        !secrets(of: source).isEmpty || (source == .testingFarm && !testingFarmTokens.isEmpty)
    }
}

/// The credentials in force. They can be replaced while deliveries come in.
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
