/// How long a text from outside may be, in bytes of UTF-8. Every text that leaves a document is brought to one of these
/// before anything is made of it, so that nothing behind it, neither memory nor the database, holds longer ones.
///
/// A text that is cut says so: an ellipsis, then the beginning of the SHA-256 of all of it. Two texts that differ only
/// behind the cut therefore stay two, and the same text is cut to the same one each time.
package struct TextLimit: Equatable, Sendable {
    package let bytes: Int

    /// States, actions, types: words that are compared with known ones.
    package static let word = TextLimit(bytes: 96)
    /// The name of a commit: 40 digits, or 64.
    package static let sha = TextLimit(bytes: 64)
    /// Names of repositories, branches, tags, checks, chroots, projects, owners and deliveries.
    package static let name = TextLimit(bytes: 255)
    /// Titles, summaries and error messages.
    package static let title = TextLimit(bytes: 512)
    package static let address = TextLimit(bytes: 1024)

    /// 128 bits: nobody finds two texts that share them.
    private static let digits = 32
    private static let ellipsis = "…"

    /// The bytes as a text of at most `bytes` bytes.
    /// - Returns: `nil` when memory ran out.
    package func text(_ whole: UnsafeRawBufferPointer) -> String? {
        if whole.count <= bytes {
            let text = String(decoding: whole, as: UTF8.self)
            // Bytes that are not UTF-8 are replaced by longer ones.
            if text.utf8.count <= bytes { return text }
        }
        guard let digest = SHA256Digest(whole)?.hex.prefix(Self.digits) else { return nil }
        let room = bytes - Self.digits - Self.ellipsis.utf8.count
        var text = ""
        for character in String(decoding: whole.prefix(room), as: UTF8.self).unicodeScalars {
            guard text.utf8.count + character.utf8.count <= room else { break }
            text.unicodeScalars.append(character)
        }
        // The last character may have been cut apart.
        if text.unicodeScalars.last == "\u{FFFD}" { text.unicodeScalars.removeLast() }
        return text + Self.ellipsis + digest
    }

    package func text(_ whole: String) -> String? {
        guard whole.utf8.count > bytes else { return whole }
        var whole = whole
        return whole.withUTF8 { text(UnsafeRawBufferPointer($0)) }
    }
}
