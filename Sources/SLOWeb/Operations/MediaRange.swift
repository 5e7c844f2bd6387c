/// One element of an `Accept` header.
struct MediaRange {
    /// Lower case, such as `text/plain`, `text/*` or `*/*`.
    let type: String
    var version: String?
    /// From 0 to 1; 0 excludes the type.
    var quality = 1.0

    static func list(_ accept: String?) -> [MediaRange] {
        (accept ?? "").split(separator: ",").map(MediaRange.init)
    }

    private init(_ text: Substring) {
        let parts = text.split(separator: ";").map { $0.trimmingSpaces() }
        self.type = parts.first?.lowercased() ?? ""
        for parameter in parts.dropFirst() {
            let pair = parameter.split(separator: "=", maxSplits: 1).map { $0.trimmingSpaces() }
            guard pair.count == 2 else { continue }
            switch pair[0].lowercased() {
            case "q": self.quality = min(max(Double(pair[1]) ?? 0, 0), 1)
            case "version": self.version = pair[1].filter { $0 != "\"" }
            default: break
            }
        }
    }
}

extension [MediaRange] {
    /// Whether a type without versions is acceptable; without the header every type is.
    func accept(_ type: String) -> Bool { isEmpty || quality(of: type, version: "") > 0 }

    /// The quality of a type by the most specific range that matches it; 0 if none does.
    func quality(of type: String, version: String) -> Double {
        let family = type.prefix { $0 != "/" } + "/*"
        let ranksOfFit: [(MediaRange) -> Bool] = [
            { $0.type == type && $0.version == version },
            { $0.type == type && $0.version == nil },
            { $0.type == family },
            { $0.type == "*/*" },
        ]
        for fits in ranksOfFit {
            if let best = self.filter(fits).map(\.quality).max() { return best }
        }
        return 0
    }
}

extension Substring {
    fileprivate func trimmingSpaces() -> Substring {
        let isSpace = { (character: Character) in character == " " || character == "\t" }
        var text = self.drop(while: isSpace)
        while let last = text.last, isSpace(last) { text.removeLast() }
        return text
    }
}
