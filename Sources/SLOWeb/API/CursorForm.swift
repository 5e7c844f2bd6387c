import SLOCore
import SLOService
import SLOQueries

/// The format of a list's cursor: the list's letter, then numbers in base 36, then texts as the hexadecimal digits of
/// their bytes. Clients must not interpret it.
struct CursorForm: Sendable {
    let letter: Character
    /// The most digits of each number.
    let digits: [Int]
    /// The most bytes of each text.
    var textBytes: [Int] = []

    static let waiting = CursorForm(letter: "w", digits: [6])
    static let waitingGroups = CursorForm(letter: "g", digits: [6])
    static let parts = CursorForm(letter: "s", digits: [6])
    static let blindIntervals = CursorForm(letter: "b", digits: [6])
    static let nodes = CursorForm(letter: "n", digits: [6])
    static let deliveries = CursorForm(letter: "d", digits: [12])
    static let unknownNames = CursorForm(letter: "u", digits: [6])
    static let contradictions = CursorForm(letter: "c", digits: [6])
    /// When the last incident before it began, in milliseconds, and how many of that moment are before it.
    static let incidents = CursorForm(letter: "i", digits: [9, 4])
    /// The time in milliseconds, and the run.
    static let runs = CursorForm(letter: "r", digits: [9, 12])

    /// What the ledger tracks (1) or only history contains (2), the head or the page, and the number of items of that
    /// head.
    static let pullRequest = CursorForm(letter: "p", digits: [1, 5, 5])

    /// The time in milliseconds, the change or run, the objective and the deployment.
    static let events = CursorForm(letter: "e", digits: [9, 13], textBytes: [Objective.Name.maxBytes, 256])

    var pattern: String {
        let parts = digits.map { "[0-9a-z]{1,\($0)}" } + textBytes.map { "([0-9a-f]{2}){0,\($0)}" }
        return "^\(letter)" + parts.joined(separator: "-") + "$"
    }

    var maxLength: Int {
        1 + digits.reduce(0, +) + textBytes.reduce(0) { $0 + 2 * $1 } + digits.count + textBytes.count - 1
    }

    func isWritten(_ text: String) -> Bool { APIParameter.fits(text, pattern, maxLength: maxLength) }

    func write(_ numbers: [Int64], texts: [String] = []) -> String {
        let parts = numbers.map { String($0, radix: 36) } + texts.map(Self.hexadecimal)
        return String(letter) + parts.joined(separator: "-")
    }

    /// - Parameter text: matches the pattern.
    func read(_ text: String) -> [Int64] {
        parts(text).prefix(digits.count).map { Int64($0, radix: 36) ?? 0 }
    }

    /// - Parameter text: matches the pattern.
    func texts(_ text: String) -> [String] {
        parts(text).dropFirst(digits.count).map { digits in
            let nibbles = digits.compactMap(\.hexDigitValue).map { UInt8($0) }
            let bytes = stride(from: 0, to: nibbles.count - 1, by: 2).map { nibbles[$0] << 4 | nibbles[$0 + 1] }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    private func parts(_ text: String) -> [Substring] {
        text.dropFirst().split(separator: "-", omittingEmptySubsequences: false)
    }

    private static func hexadecimal(_ text: String) -> String {
        text.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

extension CursorForm {
    static func write(_ place: RunQuery.Place) -> String {
        runs.write([place.countedAt.milliseconds, place.run])
    }

    static func write(_ place: PullRequestSnapshot.Place) -> String {
        switch place {
        case .remembered(let place): pullRequest.write([1, Int64(place.head), Int64(place.unit)])
        case .history(let page): pullRequest.write([2, Int64(page), 0])
        }
    }

    /// - Parameter text: matches the pattern of `pullRequest`.
    static func place(_ text: String) -> PullRequestSnapshot.Place {
        let numbers = pullRequest.read(text).map { Int($0) }
        return numbers[0] == 2
            ? .history(page: numbers[1]) : .remembered(PullRequestStory.Place(head: numbers[1], unit: numbers[2]))
    }
}
