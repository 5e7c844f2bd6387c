/// Translates PostgreSQL's errors to ones that an operator can act on.
extension StoreError {
    /// An error that the server reported.
    init(sqlState: String, _ message: String, place: String) {
        let code = Code(sqlState: sqlState)
        self.init(
            code: code, message: code.sentence(database: place), cause: "PostgreSQL \(sqlState): \(message)")
    }

    /// - Parameter cause: libpq's words. They never hold a password.
    static func unreachable(_ place: String, cause: String) -> StoreError {
        let cause = cause.split(whereSeparator: \.isNewline).joined(separator: " ")
        return StoreError(
            code: .unreachable, message: Code.unreachable.sentence(database: place), cause: cause.isEmpty ? nil : cause)
    }

    /// What an error means that came after COMMIT was sent.
    func inDoubt(_ place: String) -> StoreError {
        StoreError(
            code: .commitAmbiguous, message: "the database \(place) failed to confirm a transaction",
            cause: cause ?? message, ambiguousCode: code)
    }

    /// Whether the server has ended the connection with this error.
    static func endsConnection(sqlState: String) -> Bool {
        sqlState.hasPrefix("08") || ["57P01", "57P02", "57P03", "57P05", "25P03"].contains(sqlState)
    }
}

extension StoreError.Code {
    /// https://www.postgresql.org/docs/15/errcodes-appendix.html
    init(sqlState: String) {
        switch sqlState {
        // The check of the epoch divides by the number of rows that it found.
        case "22012": self = .ownershipLost
        case "53100": self = .diskFull
        case "25006": self = .readOnly
        case "42501": self = .cannotOpen
        case "55P03", "40P01", "40001", "57014": self = .locked
        case "58030": self = .inputOutput
        default: self = Self.classes[String(sqlState.prefix(2))] ?? .unexpected
        }
    }

    private static let classes: [String: StoreError.Code] = [
        "08": .unreachable, "22": .rejected, "23": .rejected, "28": .cannotOpen, "3D": .cannotOpen, "53": .unreachable,
        "57": .unreachable, "58": .inputOutput, "XX": .damaged,
    ]

    func sentence(database place: String) -> String {
        switch self {
        case .diskFull: "no space is left for the database \(place): free space on its server's disk"
        case .readOnly: "the database \(place) cannot be written: connect to the primary, not to a replica"
        case .cannotOpen: "the database \(place) cannot be used: check its name, the user, and the user's rights"
        case .locked: "a row of the database \(place) is locked by another transaction"
        case .damaged: "the database \(place) is damaged: see its server's log"
        case .foreign: "the database \(place) has a schema packit_slo of another program: use a database of its own"
        case .newerVersion:
            "the database \(place) belongs to a newer version of packit-slo: use that version"
        case .olderVersion:
            "the database \(place) belongs to an older version of packit-slo, and its nodes still run"
        case .ownershipLost: "another node has claimed the lease on the database \(place)"
        case .inputOutput: "the disk of the database \(place) fails to read or write: see its server's log"
        case .unreachable: "the database \(place) is not reached: check the address, and that the primary runs"
        case .rejected: "the database \(place) refused a row"
        case .commitAmbiguous, .exists, .lockedByOther, .notADatabase, .unexpected:
            "the database \(place) failed in an unexpected way"
        }
    }
}
