internal import CLibcrypto
internal import FoundationEssentials
internal import SLOCore

/// The private key of a GitHub App, which signs the App's tokens.
final class AppKey: @unchecked Sendable {
    // Proof of sendability: after `init` the key is only read, which libcrypto allows on any thread.
    private let key: OpaquePointer

    /// - Parameter pem: as GitHub issues it, without a passphrase.
    init(pem: [UInt8]) throws(AppKeyError) {
        let read = pem.withUnsafeBytes { bytes -> OpaquePointer? in
            guard let source = BIO_new_mem_buf(bytes.baseAddress, Int32(clamping: bytes.count)) else { return nil }
            defer { BIO_free(source) }
            // An empty passphrase, because without one the library asks for it on the terminal.
            return "".withCString { passphrase in
                PEM_read_bio_PrivateKey(source, nil, nil, UnsafeMutableRawPointer(mutating: passphrase))
            }
        }
        ERR_clear_error()
        guard let read else { throw AppKeyError(reason: "contains no readable private key in PEM format") }
        guard EVP_PKEY_is_a(read, "RSA") == 1, EVP_PKEY_get_bits(read) >= 2048 else {
            EVP_PKEY_free(read)
            throw AppKeyError(reason: "contains a key other than RSA with at least 2048 bits, which GitHub issues")
        }
        key = read
    }

    deinit {
        EVP_PKEY_free(key)
    }

    /// A JSON Web Token that authenticates the App, valid for ten minutes minus the allowed clock skew.
    /// - Returns: the token and when it expires; `nil` if signing fails.
    func token(of app: Int64, at now: Timestamp) -> (text: String, endsAt: Timestamp)? {
        let endsAt = Timestamp(seconds: now.seconds + 9 * 60)
        let header = #"{"alg":"RS256","typ":"JWT"}"#
        let claims = #"{"iat":\#(now.seconds - 60),"exp":\#(endsAt.seconds),"iss":"\#(app)"}"#
        let signed = base64URL(Array(header.utf8)) + "." + base64URL(Array(claims.utf8))
        guard let signature = signature(of: Array(signed.utf8)) else { return nil }
        return (signed + "." + base64URL(signature), endsAt)
    }

    private func signature(of message: [UInt8]) -> [UInt8]? {
        guard let context = EVP_MD_CTX_new() else { return nil }
        defer { EVP_MD_CTX_free(context) }
        guard EVP_DigestSignInit(context, nil, EVP_sha256(), nil, key) == 1 else { return nil }
        var count = Int(EVP_PKEY_get_size(key))
        var signature = [UInt8](repeating: 0, count: count)
        guard EVP_DigestSign(context, &signature, &count, message, message.count) == 1 else { return nil }
        return Array(signature.prefix(count))
    }

    private func base64URL(_ bytes: [UInt8]) -> String {
        let text = Data(bytes).base64EncodedString()
        return String(text.compactMap { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 == "=" ? nil : $0 })
    }
}

/// Where the private key of an App is.
public struct AppKeyFile: Equatable, Sendable {
    /// The App's id at GitHub.
    public let app: Int64
    /// Read again for every token.
    public let path: String
    /// The key of the configuration that names the file, for errors.
    public let setting: String

    public init(app: Int64, path: String, setting: String) {
        self.app = app
        self.path = path
        self.setting = setting
    }

    func key() throws(AppKeyError) -> AppKey {
        guard let bytes = FileManager.default.contents(atPath: path), bytes.count <= 65_536 else {
            throw error("cannot be read")
        }
        do { return try AppKey(pem: Array(bytes)) } catch { throw self.error(error.reason) }
    }

    func error(_ reason: String) -> AppKeyError { AppKeyError(reason: "\(setting): the file \(path) \(reason)") }
}

/// Why a file is not an App's key. Contains nothing of the file.
public struct AppKeyError: Error, Equatable, CustomStringConvertible {
    public let reason: String
    public var description: String { reason }
}
