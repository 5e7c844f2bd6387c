import SLOConfiguration
import SLOCore
import SLORecordings
import SLOSources

/// Signs recorded deliveries again.
struct Signer: Sendable {
    private let secrets: [Source: Secret]

    /// Uses the first secret of each source.
    init(configuration: Configuration) {
        secrets = Dictionary(
            uniqueKeysWithValues: Source.allCases.compactMap { source in
                configuration.webhookSecrets(of: source).first.map { (source, $0) }
            })
    }

    /// Replaces the recorded signature.
    /// - Throws: `CommandFailure` if the source has no secret.
    func signed(_ delivery: RecordedDelivery) throws -> RecordedDelivery {
        guard let secret = secrets[delivery.source] else {
            throw CommandFailure(
                "no secret for signing \(delivery.source.rawValue)'s deliveries; set "
                    + "\(delivery.source.section).webhook_secrets",
                code: .misconfigured)
        }
        var signed = delivery
        signed.headers["X-Hub-Signature-256"] = try delivery.body.withUnsafeBytes {
            try SecretSet.sign(body: $0, secret: secret.text)
        }
        if signed.headers["Content-Type"] == nil { signed.headers["Content-Type"] = "application/json" }
        return signed
    }
}
