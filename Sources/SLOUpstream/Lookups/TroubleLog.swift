internal import Logging
internal import SLOCore
import Synchronization

/// Says once that an upstream does not answer as it should, and once that it does again: what happens in between is
/// counted.
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
            "an upstream does not answer; look-ups go on, and further failures are only counted",
            metadata: ["reason": "\(error)"])
    }

    func denied(status: Int) {
        guard becomes(.denying) else { return }
        logger.warning(
            "an upstream does not tell this server what it asks for; further refusals are only counted",
            metadata: ["upstream": "\(upstream.rawValue)", "status": "\(status)", "remedy": "\(remedy)"])
    }

    func ended() {
        guard becomes(.well) else { return }
        logger.notice("an upstream answers again", metadata: ["upstream": "\(upstream.rawValue)"])
    }

    /// - Returns: whether that is news.
    private func becomes(_ new: State) -> Bool {
        state.withLock { state in
            defer { state = new }
            return state != new
        }
    }

    private var remedy: String {
        switch upstream {
        case .testingFarm: "set testing_farm.api_token_file to a token that may read requests"
        case .copr, .packit, .github: "see whether \(upstream.rawValue).api_url is the address of its public API"
        }
    }
}
