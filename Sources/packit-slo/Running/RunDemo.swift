import Foundation
import SLOConfiguration
import SLOCore
import SLODemo
import SLOService
import SLOSources
import ServiceLifecycle

/// Makes up a month in a database of its own, and serves it until it is stopped.
func runDemo(listen: String, keep: Bool) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "packit-slo-demo-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
        at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    defer {
        if keep {
            Terminal.note("The database is \(folder.path)/demo.sqlite")
        } else {
            try? FileManager.default.removeItem(at: folder)
        }
    }
    let secret = (0..<32).map { _ in String(UInt8.random(in: 16...255), radix: 16) }.joined()
    let source = ConfigurationSource.ofDemo(
        database: folder.appending(path: "demo.sqlite").path, listen: listen, secret: secret)
    let interrupts = Interrupts()
    let rest = try makeMonth(try source.load().configuration, interrupts)
    interrupts.end()
    try await runServer(source, announcing: announce) { observer in
        [.init(service: DemoFeed(rest, to: observer, secret: secret), successTerminationBehavior: .ignore)]
    }
}

private func announce(_ address: ListenAddress) {
    Terminal.note("A made-up month is at http://\(address)/ until you press Ctrl-C.")
    Terminal.note("Testing Farm stands now: see the overview. What went wrong before is among the conditions.")
}

/// - Returns: the world as it goes on.
private func makeMonth(_ configuration: Configuration, _ interrupts: Interrupts) throws -> DemoFuture {
    var world = DemoWorld(endingAt: WallClock.now)
    var progress = Progress()
    defer { progress.clear() }
    let incidents = world.incidents
    var next = world.next()
    _ = try fillDatabase(
        at: configuration.database, configuration, from: world.begins, sampling: incidents.sampling(at:)
    ) { importer in
        // It goes on while it is decided.
        while let delivery = next, delivery.receivedAt <= WallClock.now {
            if interrupts.happened { throw CommandFailure("interrupted") }
            try importer.take(delivery)
            progress.show("a month in its own time: \(importer.now.rfc3339)")
            next = world.next()
        }
        try importer.advance(to: WallClock.now)
    }
    return DemoFuture(next: next, world: world)
}

/// What has not happened yet.
private struct DemoFuture: Sendable {
    var next: ReceivedDelivery?
    var world: DemoWorld
}

extension ConfigurationSource {
    /// Of one deployment, which nobody else can reach or send to.
    fileprivate static func ofDemo(database: String, listen: String, secret: String) -> ConfigurationSource {
        let settings = [
            ("database", database), ("http.listen", listen), ("log.level", "warning"),
            ("github.apps", "packit-as-a-service=prod"), ("copr.users", "packit=prod"),
            ("github.webhook_secrets", secret), ("copr.webhook_secrets", secret),
            ("testing_farm.webhook_secrets", secret),
        ]
        return ConfigurationSource(
            file: nil,
            overrides: settings.map { ConfigurationOverride(option: "demo", key: $0.0, value: $0.1) },
            readsEnvironment: false)
    }
}

/// Sends what happens in the world at the time at which it happens.
private struct DemoFeed: Service, CustomStringConvertible {
    let description = "demo"
    private let future: DemoFuture
    private let receiver: any WebhookReceiver
    private let secret: String

    init(_ future: DemoFuture, to receiver: any WebhookReceiver, secret: String) {
        self.future = future
        self.receiver = receiver
        self.secret = secret
    }

    func run() async throws {
        try await cancelWhenGracefulShutdown { try await send() }
        // A service that finishes by itself while its group shuts down makes the group fail.
        try? await gracefulShutdown()
    }

    private func send() async throws {
        var future = future
        while let delivery = future.next {
            future.next = future.world.next()
            let wait = delivery.receivedAt - WallClock.now
            if wait > .zero {
                do { try await Task.sleep(for: .milliseconds(wait.milliseconds)) } catch { return }
            }
            try delivery.body.withUnsafeBytes { body in
                var headers = delivery.headers
                headers.signature = try SecretSet.sign(body: body, secret: secret)
                receiver.receive(source: delivery.source, headers: headers, body: body, arrivedAt: .now) { _ in }
            }
        }
    }
}
