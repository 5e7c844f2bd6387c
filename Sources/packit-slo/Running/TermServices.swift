import Logging
import SLOConfiguration
import SLOService
import ServiceLifecycle
import Synchronization

/// Runs what only the process that decides does, for as long as this node of a cluster is it.
final class TermServices: Service, CustomStringConvertible {
    /// Short, because `ServiceGroup` logs it; the default would contain all properties.
    let description = "term"

    private struct State {
        var configuration: Configuration
        var running: DecidingServices?
    }

    private let node: ClusterService
    private let settings: ServiceSettings
    private let logger: Logger
    private let state: Mutex<State>

    /// How long a term waits before it starts services again that have failed.
    private static let pause = Duration.seconds(5)

    init(of node: ClusterService, _ configuration: Configuration, _ settings: ServiceSettings, logger: Logger) {
        self.node = node
        self.settings = settings
        self.logger = logger
        state = Mutex(State(configuration: configuration))
    }

    /// Applies new tokens and certificates, now and in later terms.
    func use(_ configuration: Configuration) {
        let running = state.withLock { state in
            state.configuration = configuration
            return state.running
        }
        running?.use(configuration)
    }

    func run() async throws {
        var term: Task<Void, Never>?
        for await access in node.terms.cancelOnGracefulShutdown() {
            term?.cancel()
            await term?.value
            term = access.map { access in Task { await self.run(access) } }
        }
        term?.cancel()
        await term?.value
    }

    /// Until it is canceled.
    private func run(_ access: DeciderAccess) async {
        while !Task.isCancelled {
            do {
                let services = try DecidingServices(
                    state.withLock { $0.configuration }, settings, access, receiver: node, logger: logger)
                let configuration = state.withLock { state in
                    state.running = services
                    return state.configuration
                }
                // It may have been reloaded meanwhile.
                services.use(configuration)
                defer { state.withLock { $0.running = nil } }
                try await withThrowingDiscardingTaskGroup { group in
                    for service in services.all { group.addTask { try await service.run() } }
                }
            } catch  where !Task.isCancelled {
                logger.error(
                    "what the deciding node does besides has failed; it starts again",
                    metadata: ["reason": "\(error)"])
            } catch {
                // The term is over.
            }
            try? await Task.sleep(for: Self.pause)
        }
    }
}
