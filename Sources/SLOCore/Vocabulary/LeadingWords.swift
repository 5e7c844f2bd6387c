/// The first two words of each line of a text that has two: how commands are written in comments (docs/counting.md,
/// rule 51). Reads the text once, and copies nothing.
public struct LeadingWords: Sequence, IteratorProtocol {
    public typealias Word = Slice<UnsafeBufferPointer<UInt8>>

    private let text: UnsafeBufferPointer<UInt8>
    private var position = 0

    /// - Parameter text: in UTF-8; valid as long as this is used.
    public init(of text: UnsafeBufferPointer<UInt8>) {
        self.text = text
    }

    public mutating func next() -> (first: Word, second: Word)? {
        while position < text.count {
            let (first, second) = (word(), word())
            while position < text.count, text[position] != Self.lineEnd { position += 1 }
            position += 1
            if !second.isEmpty { return (first, second) }
        }
        return nil
    }

    /// The next word of a line, empty at its end. The position is behind it afterwards.
    private mutating func word() -> Word {
        while position < text.count, Self.isGap(text[position]) { position += 1 }
        let start = position
        while position < text.count, !Self.isGap(text[position]), text[position] != Self.lineEnd { position += 1 }
        return text[start..<position]
    }

    private static let lineEnd = UInt8(ascii: "\n")

    /// Spaces, tabs and the like within a line, and the return before its end.
    private static func isGap(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || (0x0B...0x0D).contains(byte)
    }
}
