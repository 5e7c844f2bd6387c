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

    var pattern: String {
        "^\(letter)" + digits.map { "[0-9a-z]{1,\($0)}" }.joined(separator: "-") + "$"
    }

    var maxLength: Int { 1 + digits.reduce(0, +) + digits.count - 1 }

    func write(_ numbers: [Int64]) -> String {
        String(letter) + numbers.map { String($0, radix: 36) }.joined(separator: "-")
    }

    /// - Parameter text: fits the pattern.
    func read(_ text: String) -> [Int64] {
        text.dropFirst().split(separator: "-").map { Int64($0, radix: 36) ?? 0 }
    }
}
