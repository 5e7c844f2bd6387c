internal import Logging
internal import SLOCore
import Synchronization

/// Logs once that an upstream fails, and once that it works again. Failures in between are only counted.
final class TroubleLog: Sendable {
    private enum State: Equatable {
        case well
        case failing
        case denying
    }

    private let upstream: Upstream
    private let logger: Logger
    private let state = Mutex(State.well)

    init(_ upstream: Upstream, _ logger: Logger) {
        self.upstream = upstream
        self.logger = logger
    }

    func failed(_ error: any Error) {
        guard becomes(.failing) else { return }
        logger.warning(
            "upstream fails; lookups continue, and further failures are only counted",
            metadata: ["reason": "\(error)"])
    }

    func denied(status: Int) {
        guard becomes(.denying) else { return }
        logger.warning(
            "upstream denies access; further refusals are only counted",
            metadata: ["upstream": "\(upstream.rawValue)", "status": "\(status)", "remedy": "\(remedy)"])
    }

    func ended() {
        guard becomes(.well) else { return }
        logger.notice("upstream works again", metadata: ["upstream": "\(upstream.rawValue)"])
    }

    /// - Returns: whether the state changed.
    private func becomes(_ new: State) -> Bool {
        state.withLock { state in
            defer { state = new }
            return state != new
        }
    }

    private var remedy: String {
        switch upstream {
        case .testingFarm: "set testing_farm.api_token_file to a token that may read requests"
        case .copr, .packit, .github: "check that \(upstream.rawValue).api_url is the URL of its public API"
        }
    }
}
