import SLOQueries

extension SearchTerm {
    /// The beginning of a commit's id that is searched: a shorter one is of too many.
    private static let shortestSHA = 5
    private static let longestID = 128

    /// What a person enters: `owner/name`, a repository's name alone, a number, a commit's id, the id of a build, of a
    /// request or of a delivery; each also as the URL of its page, or behind the words that pages have before it.
    init(_ text: String) {
        self.init()
        let text = Self.lastPart(ofURL: Self.withoutTitle(text))
        if APIParameter.repository.objection(to: text) == nil {
            repository = text
            return
        }
        let word = text.hasPrefix("#") ? String(text.dropFirst()) : text
        guard !word.isEmpty, word.utf8.count <= Self.longestID else { return }
        if word.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")) ~= $0 }) {
            number = Int(word).flatMap { (1...2_147_483_647).contains($0) ? $0 : nil }
        }
        if (Self.shortestSHA...64).contains(word.utf8.count), word.allSatisfy({ $0.isASCII && $0.isHexDigit }) {
            sha = word
        }
        if !text.hasPrefix("#") { id = word }
        if number == nil, APIParameter.repositoryName.objection(to: word) == nil { name = word }
    }

    /// "9130022" of "Copr build 9130022".
    private static func withoutTitle(_ text: String) -> String {
        let words = text.split(whereSeparator: \.isWhitespace)
        let titles: Set = ["copr", "build", "testing", "farm", "request", "pull", "commit"]
        return words.dropLast().drop { titles.contains($0.lowercased()) }.joined() + (words.last ?? "")
    }

    /// `owner/name` of a repository's URL, the id of another one's; any other text as it is.
    private static func lastPart(ofURL text: String) -> String {
        guard let scheme = text.firstRange(of: "://") else { return text }
        let path = text[scheme.upperBound...].prefix { $0 != "?" }
        let parts = path.split(separator: "/").dropFirst().map(String.init)
        let end = parts.last ?? ""
        // The part before tells what it is the id of.
        let ids: Set = ["build", "commit", "commits", "requests"]
        return parts.count > 2 && ids.contains(parts[parts.count - 2]) || parts.count != 2
            ? end : parts.joined(separator: "/")
    }
}
