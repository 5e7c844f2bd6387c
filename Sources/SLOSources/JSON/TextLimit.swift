/// The limits of texts from outside, in bytes of UTF-8. Every text from a document is cut to one of them when it is
/// read, so that neither memory nor the database has longer ones.
///
/// A cut text ends with an ellipsis and the beginning of the SHA-256 of the whole text. Two texts that differ after the
/// cut therefore stay different, and a text is always cut to the same result.
package struct TextLimit: Equatable, Sendable {
    package let bytes: Int

    /// States, actions, types: words that are compared with known ones.
    package static let word = TextLimit(bytes: 96)
    /// The hash of a commit: 40 digits, or 64.
    package static let sha = TextLimit(bytes: 64)
    /// Names of repositories, branches, tags, checks, chroots, projects, owners and deliveries.
    package static let name = TextLimit(bytes: 255)
    /// Titles, summaries and error messages.
    package static let title = TextLimit(bytes: 512)
    package static let address = TextLimit(bytes: 1024)

    /// 128 bits, so that nobody finds two texts with the same digits.
    private static let digits = 32
    private static let ellipsis = "…"

    /// The bytes as a text of at most `bytes` bytes.
    /// - Returns: `nil` if memory ran out.
    package func text(_ whole: UnsafeRawBufferPointer) -> String? {
        if whole.count <= bytes {
            let text = String(decoding: whole, as: UTF8.self)
            // Replacement characters for invalid UTF-8 make a text longer.
            if text.utf8.count <= bytes { return text }
        }
        guard let digest = SHA256Digest(whole)?.hex.prefix(Self.digits) else { return nil }
        let room = bytes - Self.digits - Self.ellipsis.utf8.count
        var text = ""
        for character in String(decoding: whole.prefix(room), as: UTF8.self).unicodeScalars {
            guard text.utf8.count + character.utf8.count <= room else { break }
            text.unicodeScalars.append(character)
        }
        // The cut may have split the last character.
        if text.unicodeScalars.last == "\u{FFFD}" { text.unicodeScalars.removeLast() }
        return text + Self.ellipsis + digest
    }

    package func text(_ whole: String) -> String? {
        guard whole.utf8.count > bytes else { return whole }
        var whole = whole
        return whole.withUTF8 { text(UnsafeRawBufferPointer($0)) }
    }
}
