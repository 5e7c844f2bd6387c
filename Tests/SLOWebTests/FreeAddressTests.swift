import NIOCore
import NIOPosix
import SLOConfiguration
import Testing

@testable import SLOWeb
@testable import SLOHTTP

@Suite("An address to listen on")
struct FreeAddressTests {
    private func problem(_ address: ListenAddress, operations: ListenAddress? = nil) async -> String? {
        var configuration = WebConfiguration(listen: address)
        configuration.operations = operations
        do {
            try await WebServer.requireFree(configuration)
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test("is free or not, and is free afterwards")
    func free() async throws {
        let taken = try await ServerBootstrap(group: NIOSingletons.posixEventLoopGroup)
            .bind(host: "127.0.0.1", port: 0).get()
        let address = ListenAddress(host: "127.0.0.1", port: try #require(taken.localAddress?.port))
        let anyPort = ListenAddress(host: "127.0.0.1", port: 0)
        let expected = "Cannot listen on \(address): another program uses this port; stop it, or choose another port"
        #expect(await problem(address) == expected)
        #expect(await problem(anyPort, operations: address) == expected)
        try await taken.close()
        for _ in 1...2 { #expect(await problem(address) == nil) }
        #expect(await problem(address, operations: address) == expected)
        #expect(await problem(address) == nil)
    }

    /// A sender that comes at this moment is to try again, and must not wait for an answer that nobody gives.
    @Test("ends each connection that is made while it is checked", .timeLimit(.minutes(1)))
    func connections() async throws {
        let group = NIOSingletons.posixEventLoopGroup
        let port = try await {
            let any = try await ServerBootstrap(group: group).bind(host: "127.0.0.1", port: 0).get()
            defer { any.close(promise: nil) }
            return try #require(any.localAddress?.port)
        }()
        let senders = Task {
            var connected = 0
            while !Task.isCancelled {
                guard let sender = try? await ClientBootstrap(group: group).connect(host: "127.0.0.1", port: port).get()
                else { continue }
                connected += 1
                // Never, if it was accepted and forgotten.
                try? await sender.closeFuture.get()
            }
            return connected
        }
        for _ in 0..<200 {
            while await problem(ListenAddress(host: "127.0.0.1", port: port)) != nil {}
        }
        senders.cancel()
        #expect(await senders.value > 0)
    }

    @Test("that is none of this machine's is told so")
    func foreign() async {
        // RFC 5737, 3: an address of no machine; RFC 6761, 6.4: a name of none.
        #expect(
            await problem(ListenAddress(host: "192.0.2.1", port: 0))
                == "Cannot listen on 192.0.2.1:0: this machine has no such address")
        #expect(
            await problem(ListenAddress(host: "nowhere.invalid", port: 0))
                == "Cannot listen on nowhere.invalid:0: the host name cannot be resolved")
    }
}
