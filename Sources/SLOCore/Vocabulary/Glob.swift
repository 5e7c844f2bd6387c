/// A pattern on text, such as `owner/name`: `*` matches any characters, `?` one. Case-insensitive, as on GitHub.
public struct Glob: Hashable, Sendable {
    private let pattern: [UInt8]

    public init(_ pattern: String) {
        self.pattern = Array(pattern.lowercased().utf8)
    }

    static func all(_ patterns: [String]) -> [Glob] { patterns.map { Glob($0) } }

    /// Takes time linear in the text for each star, without recursion.
    public func matches(_ text: String) -> Bool {
        let text = Array(text.lowercased().utf8)
        var inText = 0
        var inPattern = 0
        var afterStar: (pattern: Int, text: Int)?
        while inText < text.count {
            if inPattern < pattern.count, pattern[inPattern] == UInt8(ascii: "*") {
                afterStar = (inPattern + 1, inText)
                inPattern += 1
            } else if inPattern < pattern.count,
                pattern[inPattern] == UInt8(ascii: "?") || pattern[inPattern] == text[inText]
            {
                inPattern += 1
                inText += 1
            } else if let star = afterStar {
                afterStar = (star.pattern, star.text + 1)
                inPattern = star.pattern
                inText = star.text + 1
            } else {
                return false
            }
        }
        return pattern[inPattern...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
