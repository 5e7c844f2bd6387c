/// Where repositories are hosted. Raw values are stored: never changed, never used again.
public enum Forge: UInt8, CaseIterable, Hashable, Sendable {
    case github = 0
}

/// A repository's identity: its forge, and the number that the forge gave it. Names change, numbers do not, and two
/// forges may give the same number.
public struct RepositoryID: Hashable, Comparable, Sendable {
    /// The forge in the upper eight bits, the number in the lower 56. A repository on GitHub is stored as its bare
    /// number, so rows of versions that knew no other forge keep their meaning.
    public let stored: Int64

    private static let numberBits: Int64 = 56
    private static let numbers = 0..<(Int64(1) << numberBits)

    /// - Returns: `nil` for a number that no forge gives: below 0, or of more than 56 bits.
    public init?(_ number: Int64, on forge: Forge) {
        guard Self.numbers.contains(number) else { return nil }
        stored = Int64(forge.rawValue) << Self.numberBits | number
    }

    /// What a row holds.
    public init(stored: Int64) {
        self.stored = stored
    }

    /// `nil` for a forge that this version does not know.
    public var forge: Forge? {
        Forge(rawValue: UInt8(truncatingIfNeeded: stored >> Self.numberBits))
    }

    /// The forge's own number.
    public var number: Int64 { stored & (Self.numbers.upperBound - 1) }

    public static func < (left: RepositoryID, right: RepositoryID) -> Bool {
        left.stored < right.stored
    }
}

extension RepositoryID: ExpressibleByIntegerLiteral {
    /// A repository on GitHub.
    public init(integerLiteral number: Int64) {
        self.init(stored: number)
    }
}
