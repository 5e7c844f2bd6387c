import NIOSSL
import Synchronization

/// The certificate in use. A reload applies to new connections; open ones keep theirs.
final class TLSCertificate: Sendable {
    private let files: WebConfiguration.TLSFiles
    private let current: Mutex<NIOSSLContext>

    /// - Throws: `WebServerError.certificate`
    init(_ files: WebConfiguration.TLSFiles) throws {
        self.files = files
        self.current = Mutex(try Self.read(files))
    }

    var context: NIOSSLContext {
        self.current.withLock { $0 }
    }

    /// Reads both files again. If they are not usable, the ones in use stay.
    /// - Throws: `WebServerError.certificate`
    func reload() throws {
        let context = try Self.read(self.files)
        self.current.withLock { $0 = context }
    }

    private static func read(_ files: WebConfiguration.TLSFiles) throws -> NIOSSLContext {
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(files.certificate)
            let key = try NIOSSLPrivateKey(file: files.privateKey, format: .pem)
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key)
            )
            configuration.minimumTLSVersion = .tlsv12
            configuration.applicationProtocols = ["http/1.1"]
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw WebServerError.certificate(files, reason: "\(error)")
        }
    }
}
