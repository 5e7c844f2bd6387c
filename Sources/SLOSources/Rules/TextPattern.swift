/// A pattern in which `*` matches any characters, or none. Case-sensitive: titles are matched as Packit writes them.
struct TextPattern: Sendable, Hashable {
    /// The texts between the stars; the first is the text's beginning, the last its end.
    private let pieces: [[UInt8]]

    init(_ pattern: String) {
        pieces = pattern.utf8.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false).map(Array.init)
    }

    /// Matches each piece at its first occurrence after the previous one, so that the time is at most the text's length
    /// times the pattern's.
    func matches(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { matches($0) }
    }

    func matches(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = pieces.first, let last = pieces.last, text.starts(with: first) else { return false }
        if pieces.count == 1 { return text.count == first.count }
        guard text.count >= first.count + last.count else { return false }
        let end = text.count - last.count
        guard text[end...].elementsEqual(last) else { return false }
        var position = first.count
        for piece in pieces.dropFirst().dropLast() {
            guard let found = Self.find(piece, in: text, from: position, to: end) else { return false }
            position = found + piece.count
        }
        return true
    }

    private static func find(
        _ piece: [UInt8], in text: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int
    ) -> Int? {
        guard end - start >= piece.count else { return nil }
        return (start...(end - piece.count)).first { text[$0..<($0 + piece.count)].elementsEqual(piece) }
    }
}
