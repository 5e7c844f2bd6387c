extension ValueFormat where Value == Secret? {
    /// A connection string, all of which is masked: a password may be anywhere in it.
    static var connection: ValueFormat {
        ValueFormat(
            typeName: "address", isSecret: true,
            isHarmless: { raw in (try? raw.singleWord()).map { !mayHavePassword($0) } ?? false },
            read: { raw throws(Mismatch) in
                let text = try raw.singleWord()
                let isAddress =
                    text.hasPrefix("postgres://") || text.hasPrefix("postgresql://")
                    || text.split(separator: " ").contains { $0.hasPrefix("dbname=") || $0.hasPrefix("service=") }
                guard isAddress, !text.contains("\0") else {
                    throw Mismatch(
                        "is no address of PostgreSQL; write for example postgres://db1,db2/slo?user=slo, or "
                            + "host=db dbname=slo user=slo")
                }
                return Secret(text)
            },
            write: { $0.map { .scalar($0.description) } })
    }

    /// Rather once too often: what is before the last `@` of a URL may hold any sign.
    private static func mayHavePassword(_ address: String) -> Bool {
        if address.contains("password") { return true }
        guard let scheme = address.firstRange(of: "://") else { return false }
        let rest = address[scheme.upperBound...]
        return rest.lastIndex(of: "@").map { rest[..<$0].contains(":") } ?? false
    }
}

extension ValueFormat where Value == String? {
    static var nodeName: ValueFormat {
        ValueFormat<String>.word("name", write: { $0 }) { text throws(Mismatch) in
            let isPlain = text.unicodeScalars.allSatisfy { $0.isASCII && $0.value > 0x20 && $0.value < 0x7F }
            guard isPlain, (1...253).contains(text.utf8.count) else {
                throw Mismatch("'\(text)' is not 1 to 253 letters, digits and signs without spaces")
            }
            return text
        }.optional
    }
}
