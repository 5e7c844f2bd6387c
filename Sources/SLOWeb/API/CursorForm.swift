import SLOCore
import SLOService
import SLOQueries

/// The format of a list's cursor: the list's letter, then numbers in base 36. Clients must not interpret it.
struct CursorForm: Sendable {
    let letter: Character
    /// The most digits of each number.
    let digits: [Int]

    static let waiting = CursorForm(letter: "w", digits: [6])
    static let parts = CursorForm(letter: "s", digits: [6])
    static let blindIntervals = CursorForm(letter: "b", digits: [6])
    static let deliveries = CursorForm(letter: "d", digits: [12])
    /// The time in milliseconds, and the run.
    static let runs = CursorForm(letter: "r", digits: [9, 12])

    /// What the ledger tracks (1) or only history contains (2), the head or the page, and the number of items of that
    /// head.
    static let pullRequest = CursorForm(letter: "p", digits: [1, 5, 5])

    var pattern: String {
        "^\(letter)" + digits.map { "[0-9a-z]{1,\($0)}" }.joined(separator: "-") + "$"
    }

    var maxLength: Int { 1 + digits.reduce(0, +) + digits.count - 1 }

    func isWritten(_ text: String) -> Bool { APIParameter.fits(text, pattern, maxLength: maxLength) }

    func write(_ numbers: [Int64]) -> String {
        String(letter) + numbers.map { String($0, radix: 36) }.joined(separator: "-")
    }

    /// - Parameter text: matches the pattern.
    func read(_ text: String) -> [Int64] {
        text.dropFirst().split(separator: "-").map { Int64($0, radix: 36) ?? 0 }
    }
}

extension CursorForm {
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
