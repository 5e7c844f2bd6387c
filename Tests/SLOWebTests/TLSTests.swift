import Foundation
import NIOCore
import NIOSSL
import Testing

@testable import SLOWeb
@testable import SLOHTTP

@Suite(.timeLimit(.minutes(1)))
struct TLS {
    @Test("Serves TLS, and a renewed certificate after a reload; one that does not serve is refused")
    func reload() async throws {
        let files = try CertificateFiles(.first)
        defer { files.remove() }
        try await TestServer.run(configure: { $0.tls = files.paths }) { server in
            let delivery = post("/webhooks/github", "{}")
            #expect(try await answer(to: delivery, port: server.port, trusting: .first).status == 202)
            #expect(try await answer(to: get("/livez"), port: server.port, trusting: .first).status == 200)

            try files.write(.second)
            try server.reloadCertificate()
            #expect(try await answer(to: delivery, port: server.port, trusting: .second).status == 202)
            await #expect(throws: (any Error).self) {
                try await answer(to: delivery, port: server.port, trusting: .first)
            }

            try files.write(TestCertificate(certificate: "nonsense", privateKey: "nonsense"))
            #expect(throws: WebServerError.self) { try server.reloadCertificate() }
            #expect(try await answer(to: delivery, port: server.port, trusting: .second).status == 202)
        }
    }

    @Test("A certificate that cannot be read, or does not fit its key, stops the start and is named")
    func wrongFiles() async throws {
        let files = try CertificateFiles(
            TestCertificate(
                certificate: TestCertificate.first.certificate, privateKey: TestCertificate.second.privateKey
            )
        )
        defer { files.remove() }
        let missing = WebConfiguration.TLSFiles(certificate: "/nonexistent/a.pem", privateKey: "/nonexistent/a.key")
        for paths in [files.paths, missing] {
            let error = await #expect(throws: WebServerError.self) {
                try await TestServer.run(configure: { $0.tls = paths }) { _ in }
            }
            #expect(error?.description.contains(paths.certificate) == true)
        }
    }

    private func answer(
        to request: String, port: Int, trusting certificate: TestCertificate
    ) async throws -> RawConnection.Response {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .certificates(
            try NIOSSLCertificate.fromPEMBytes(Array(certificate.certificate.utf8))
        )
        return try await RawConnection.open(port, tls: try NIOSSLContext(configuration: configuration)) { connection in
            try await connection.send(request)
            return try await connection.response()
        }
    }
}

/// A certificate and its key in files of their own.
private struct CertificateFiles {
    private let folder: URL

    init(_ certificate: TestCertificate) throws {
        self.folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true)
        try self.write(certificate)
    }

    var paths: WebConfiguration.TLSFiles {
        .init(
            certificate: self.folder.appending(path: "certificate.pem").path,
            privateKey: self.folder.appending(path: "key.pem").path
        )
    }

    func write(_ certificate: TestCertificate) throws {
        try Data(certificate.certificate.utf8).write(to: URL(filePath: self.paths.certificate))
        try Data(certificate.privateKey.utf8).write(to: URL(filePath: self.paths.privateKey))
    }

    func remove() {
        // The system clears what cannot be removed here.
        try? FileManager.default.removeItem(at: self.folder)
    }
}
