/// A pattern on a text in which `*` stands for any characters, none included. Letters match in their own case only:
/// titles are matched as Packit writes them.
struct TextPattern: Sendable, Hashable {
    /// What stands between the stars; the first is the text's beginning, the last its end.
    private let pieces: [[UInt8]]

    init(_ pattern: String) {
        pieces = pattern.utf8.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false).map(Array.init)
    }

    /// Each piece is taken where it first occurs behind the one before, so no text costs more than its length times the
    /// pattern's.
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
