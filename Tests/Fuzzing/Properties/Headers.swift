@testable import SLOCore
@testable import SLOSources

extension Property {
    private static let body = Array(#"{"zen":"Design for failure."}"#.utf8)
    private static let secrets = ["first", "second"]

    /// A signature is believed exactly when it is the body's, in either case of its digits.
    static let signature = Property(name: "signature") { input in
        let text = String(decoding: input, as: UTF8.self)
        let (signed, check) = try body.withUnsafeBytes { body in
            (
                try secrets.map { try SecretSet.sign(body: body, secret: $0) },
                try SecretSet(secrets).check(signature: text, body: body)
            )
        }
        let digits = text.dropFirst(SignatureHeader.prefix.count)
        let isSigned =
            text.hasPrefix(SignatureHeader.prefix)
            && signed.contains { $0.utf8.elementsEqual((SignatureHeader.prefix + digits.lowercased()).utf8) }
        try expect((check == .valid) == isSigned, "'\(text)' is \(check)")
        if case .success(let digest) = SignatureHeader.parse(text) {
            try expect(digest.hex == digits.lowercased(), "'\(text)' was read as \(digest.hex)")
        }
        try expect(try TokenSet(secrets).contains(text) == secrets.contains(text), "the token '\(text)'")
    }

    /// Odd headers are refused before anything reads the body; those that pass are plain.
    static let headers = Property(name: "headers") { input in
        let lines = input.split(separator: 0x0A, maxSplits: 4, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        func line(_ index: Int) -> String? { index < lines.count ? lines[index] : nil }
        let headers = WebhookHeaders(
            contentType: line(0), event: line(1), delivery: line(2), hookTargetType: line(3), hookTargetID: line(4))
        for source in Source.allCases {
            let decoded = try decodeTwice(source, headers, body)
            try expect(KnownEvents.of(source).contains(decoded.event), "the event '\(decoded.event)'")
            if case .rejected(let reason) = decoded.outcome {
                try expect(!reason.isEmpty, "no reason")
            } else if source == .github, case .unsupportedMediaType = decoded.outcome {
                continue
            } else if source == .github, let identity = decoded.identity {
                try expect(identity.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "the identity '\(identity)'")
            }
        }
    }
}
