import SLOCore
import SLOService
import SLOQueries

/// How a list writes the place at which it goes on: a letter of its own, then numbers in base 36. Whoever is given one
/// only gives it back.
struct CursorForm: Sendable {
    let letter: Character
    /// Of each number, at most.
    let digits: [Int]

    static let waiting = CursorForm(letter: "w", digits: [6])
    static let repositories = CursorForm(letter: "s", digits: [6])
    static let blindIntervals = CursorForm(letter: "b", digits: [6])
    static let deliveries = CursorForm(letter: "d", digits: [12])
    /// The time in milliseconds, and the run.
    static let runs = CursorForm(letter: "r", digits: [9, 12])

    /// What is remembered (1) or history alone knows (2), the head or the page, and what hangs on the head.
    static let pullRequest = CursorForm(letter: "p", digits: [1, 5, 5])

    var pattern: String {
        "^\(letter)" + digits.map { "[0-9a-z]{1,\($0)}" }.joined(separator: "-") + "$"
    }

    var maxLength: Int { 1 + digits.reduce(0, +) + digits.count - 1 }

    func isWritten(_ text: String) -> Bool { APIParameter.fits(text, pattern, maxLength: maxLength) }

    func write(_ numbers: [Int64]) -> String {
        String(letter) + numbers.map { String($0, radix: 36) }.joined(separator: "-")
    }

    /// - Parameter text: fits the pattern.
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

    /// - Parameter text: fits the pattern of `pullRequest`.
    static func place(_ text: String) -> PullRequestSnapshot.Place {
        let numbers = pullRequest.read(text).map { Int($0) }
        return numbers[0] == 2
            ? .history(page: numbers[1]) : .remembered(PullRequestStory.Place(head: numbers[1], unit: numbers[2]))
    }
}
