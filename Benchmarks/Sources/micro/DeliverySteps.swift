import CLibcrypto
import SLOCore
import SLOSources
import SLOStore

/// What intake does with a delivery before the writer.
struct DeliverySteps {
    private static let secret = "measured-with-this-secret-0123456789"
    private let bodies: Bodies
    private let secrets: SecretSet
    private let signature: String
    private let decoder: DeliveryDecoder

    init(_ bodies: Bodies) throws {
        self.bodies = bodies
        secrets = try SecretSet([Self.secret])
        signature = try bodies.pullRequest.withUnsafeBytes { try SecretSet.sign(body: $0, secret: Self.secret) }
        decoder = DeliveryDecoder(
            settings: SourceSettings(
                apps: [.init(slug: "packit-as-a-service", deployment: Deployment("prod"))],
                coprUsers: ["packit": Deployment("prod")]),
            rules: try RuleBook())
    }

    var all: [Step] {
        get throws {
            [
                try openSSL(),
                Step(name: "check the signature, 23.7 KB") { [secrets, signature, body = bodies.pullRequest] in
                    consume(body.withUnsafeBytes { secrets.check(signature: signature, body: $0) })
                },
                try decode("decode pull_request, 23.7 KB", .github, event: "pull_request", bodies.pullRequest),
                try decode("decode check_run", .github, event: "check_run", bodies.checkRun),
                try decode("decode a message of Copr's", .copr, bodies.copr),
                try decode("decode a request of Testing Farm's", .testingFarm, bodies.request),
                Step(name: "digest a delivery's id") {
                    consume(IdentityDigest.sha256(.github, "2c1f8d5e-9b1a-11f0-8a54-77b0c4fd0f1e"))
                },
                Step(name: "fingerprint a body, 23.7 KB") { [body = bodies.pullRequest] in
                    consume(body.withUnsafeBytes { BodyFingerprint(of: $0) })
                },
            ]
        }
    }

    /// The lower bound for checking a signature.
    private func openSSL() throws -> Step {
        let key = Array(Self.secret.utf8)
        guard let keyed = clibcrypto_hmac_sha256_new(key, key.count) else {
            throw MeasurementError(description: "libcrypto offers no HMAC-SHA256")
        }
        return Step(name: "OpenSSL's HMAC-SHA256, 23.7 KB") { [body = bodies.pullRequest] in
            guard let running = EVP_MAC_CTX_dup(keyed) else { return }
            withUnsafeTemporaryAllocation(byteCount: 32, alignment: 8) { code in
                var written = 0
                EVP_MAC_update(running, body, body.count)
                EVP_MAC_final(running, code.baseAddress?.assumingMemoryBound(to: UInt8.self), &written, 32)
            }
            EVP_MAC_CTX_free(running)
        }
    }

    private func decode(_ name: String, _ source: Source, event: String? = nil, _ body: [UInt8]) throws -> Step {
        let headers = WebhookHeaders(
            contentType: "application/json", event: event, delivery: "2c1f8d5e-9b1a-11f0-8a54-77b0c4fd0f1e")
        let once = body.withUnsafeBytes { decoder.decode(source: source, headers: headers, body: $0) }
        guard case .observed = once.outcome else {
            throw MeasurementError(description: "\(name): nothing is observed, but \(once.outcome)")
        }
        return Step(name: name) { [decoder] in
            consume(body.withUnsafeBytes { decoder.decode(source: source, headers: headers, body: $0) })
        }
    }
}
