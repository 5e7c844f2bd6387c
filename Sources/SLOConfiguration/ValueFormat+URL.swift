extension ValueFormat where Value == String {
    /// The URL of a web server, without slashes at its end, so that a path can be appended.
    static var url: ValueFormat {
        .word("url", write: { $0 }) { text throws(Mismatch) in
            // The text before an '@' may contain a password, so it is not repeated.
            guard !text.contains("@") || !hasUserInfo(text) else {
                throw Mismatch("contains a user or a password, which would be shown and is not sent; leave it out")
            }
            guard isAddress(text) else {
                let subject = text.contains("@") ? "" : "'\(text)' "
                throw Mismatch(
                    subject + "is not a base URL; write for example https://slo.example.org")
            }
            // All of them, so that the printed URL parses to the same value.
            var address = text
            while address.hasSuffix("/") { address.removeLast() }
            return address
        }
    }

    private static var notInPaths: String.UnicodeScalarView { "\"<>\\^`{|}?#".unicodeScalars }

    private static func hasUserInfo(_ text: String) -> Bool {
        guard let scheme = text.firstRange(of: "://") else { return true }
        return text[scheme.upperBound...].prefix { !"/?#".contains($0) }.contains("@")
    }

    private static func isAddress(_ text: String) -> Bool {
        guard let scheme = ["https://", "http://"].first(where: text.hasPrefix) else { return false }
        let rest = text.dropFirst(scheme.count)
        return !rest.isEmpty && !rest.hasPrefix("/")
            && rest.unicodeScalars.allSatisfy { (0x21...0x7E).contains($0.value) && !notInPaths.contains($0) }
    }
}

extension ValueFormat where Value == String? {
    static var url: ValueFormat { ValueFormat<String>.url.optional }
}
