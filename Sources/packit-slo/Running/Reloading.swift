import Foundation
import Logging
import SLOConfiguration
import SLOService
import SLOHTTP
import SLOWeb
import ServiceLifecycle

/// Reloads secrets and certificates on SIGHUP, and when one of their files changes. If they cannot be read, the ones in
/// use stay, and a log line says why.
struct Reloading: Service, CustomStringConvertible {
    /// Short, because `ServiceGroup` logs it; the default would contain all properties.
    let description = "reloading"

    private let source: ConfigurationSource
    private let hangups: AsyncStream<Void>
    private let observer: any Observing
    private let web: WebServer
    private let useInUpstreams: @Sendable (Configuration) -> Void
    private let files: WatchedFiles
    private let logger: Logger

    private enum Cause: String {
        case signal = "SIGHUP"
        case change = "a file changed"
    }

    private static let pace = Duration.seconds(1)

    /// - Parameters:
    ///   - configuration: the one in use.
    ///   - useInUpstreams: applies it to what asks upstreams and consumes messages.
    init(
        source: ConfigurationSource, configuration: Configuration, hangups: AsyncStream<Void>,
        observer: any Observing, web: WebServer, logger: Logger,
        useInUpstreams: @escaping @Sendable (Configuration) -> Void
    ) {
        self.source = source
        self.hangups = hangups
        self.observer = observer
        self.web = web
        self.useInUpstreams = useInUpstreams
        self.files = WatchedFiles(configuration.filesWithSecrets)
        self.logger = logger
    }

    func run() async throws {
        // One reload at a time, so that the last one wins.
        let (causes, continuation) = AsyncStream.makeStream(of: Cause?.self, bufferingPolicy: .bufferingNewest(8))
        await withDiscardingTaskGroup { group in
            group.addTask {
                for await _ in self.hangups.cancelOnGracefulShutdown() {
                    continuation.yield(.signal)
                }
                continuation.finish()
            }
            group.addTask {
                await cancelWhenGracefulShutdown {
                    while (try? await Task.sleep(for: Self.pace)) != nil { continuation.yield(nil) }
                }
            }
            var files = self.files
            for await cause in causes {
                let hasChanged = files.haveChanged()
                if let cause = cause ?? (hasChanged ? .change : nil) { self.reload(because: cause, watching: &files) }
            }
        }
    }

    private func reload(because cause: Cause, watching files: inout WatchedFiles) {
        do {
            let configuration = try self.source.load().configuration
            self.observer.replaceCredentials(with: try Credentials(configuration))
            files.watch(configuration.filesWithSecrets)
            try self.web.reloadCertificate()
            self.useInUpstreams(configuration)
            self.logger.notice("secrets and certificates reloaded", metadata: ["cause": "\(cause.rawValue)"])
        } catch {
            self.logger.error(
                "secrets and certificates cannot be reloaded; the ones in use stay",
                metadata: ["because": "\(cause.rawValue)", "reason": "\(error)"])
        }
    }
}

extension Configuration {
    /// All files that can be reloaded while the server runs.
    var filesWithSecrets: [String] {
        [
            github.webhookSecrets.file, copr.webhookSecrets.file, testingFarm.webhookSecrets.file,
            testingFarm.tokens.file, testingFarm.apiToken.file, api.tokens.file, http.tls.certificateFile,
            http.tls.privateKeyFile,
            fedoraMessaging.configFile, fedoraMessaging.tls.caFile, fedoraMessaging.tls.certificateFile,
            fedoraMessaging.tls.privateKeyFile,
        ].compactMap(\.self)
    }
}
