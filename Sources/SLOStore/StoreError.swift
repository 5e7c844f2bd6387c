/// An error of the database, with a sentence for the operator.
public struct StoreError: Error, Sendable {
    public enum Code: String, CaseIterable, Hashable, Sendable {
        /// The disk, a quota or the database's own size limit is used up.
        case diskFull
        /// The file or its file system is not writable.
        case readOnly
        /// The file cannot be opened: it does not exist, or permissions are missing.
        case cannotOpen
        /// Another connection held its lock for longer than `Connection.lockTimeoutSeconds`.
        case locked
        /// The file's content is corrupt.
        case damaged
        /// The file is not a database.
        case notADatabase
        /// The database belongs to another program.
        case foreign
        /// A newer version of this program wrote the database.
        case newerVersion
        /// An older version wrote the database, and no server of this version has migrated it.
        case olderVersion
        /// Another process owns the database.
        case lockedByOther
        /// Another process took the database over after this one had opened it.
        case ownershipLost
        /// Reading or writing failed below the database.
        case inputOutput
        /// The database's server is not reached, or the connection to it broke.
        case unreachable
        /// COMMIT itself failed: whether the transaction is on disk is unknown until the state is read again.
        case commitAmbiguous
        /// The file to be written already exists.
        case exists
        /// The database refused this statement or value; others may succeed.
        case rejected
        case unexpected
    }

    public let code: Code
    /// Names the file and what to do.
    public let message: String
    /// The underlying error's own text.
    public let cause: String?
    /// The owner of the database, for `lockedByOther` if the file names it.
    public let holder: LockHolder?
    /// For `commitAmbiguous`: the code that the error would have had before COMMIT.
    public let ambiguousCode: Code?

    public init(
        code: Code, message: String, cause: String? = nil, holder: LockHolder? = nil, ambiguousCode: Code? = nil
    ) {
        self.code = code
        self.message = message
        self.cause = cause
        self.holder = holder
        self.ambiguousCode = ambiguousCode
    }

    /// Whether the disk or the file is the cause, so that another batch would fail as well. `false` means that the
    /// batch is the cause: try its entries one by one.
    public var isDiskFault: Bool {
        switch code {
        case .diskFull, .readOnly, .cannotOpen, .locked, .damaged, .notADatabase, .foreign, .newerVersion,
            .olderVersion, .lockedByOther, .ownershipLost, .inputOutput, .unreachable, .commitAmbiguous, .exists:
            true
        case .rejected, .unexpected:
            false
        }
    }
}

extension StoreError: CustomStringConvertible {
    public var description: String {
        cause.map { message + " (" + $0 + ")" } ?? message
    }
}
