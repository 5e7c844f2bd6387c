extension ValueFormat where Value == String {
    /// The address of a web server, kept without slashes at its end so that a path can follow.
    static var url: ValueFormat {
        .word("url", write: { $0 }) { text throws(Mismatch) in
            guard isAddress(text) else {
                throw Mismatch(
                    "'\(text)' is not an address to put paths behind; write for example https://slo.example.org")
            }
            // Every one, so that what is printed reads as the same address.
            var address = text
            while address.hasSuffix("/") { address.removeLast() }
            return address
        }
    }

    private static var notInPaths: String.UnicodeScalarView { "\"<>\\^`{|}?#".unicodeScalars }

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
