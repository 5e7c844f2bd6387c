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
