/// What went wrong between the service and its database, in a sentence for the operator.
public struct StoreError: Error, Sendable {
    public enum Code: String, CaseIterable, Hashable, Sendable {
        /// The disk, a quota or the database's own size limit is used up.
        case diskFull
        /// The file or its file system does not take writes.
        case readOnly
        /// The file cannot be opened: it is missing, or permissions are.
        case cannotOpen
        /// Another connection held the database for longer than one waits.
        case locked
        /// What is in the file is not what was written there.
        case damaged
        /// The file is something else than a database.
        case notADatabase
        /// The file is a database of another program.
        case foreign
        /// A newer version of this program wrote the database.
        case newerVersion
        /// An older version wrote the database and no server of this version has brought it up to date.
        case olderVersion
        /// Another process owns the database.
        case lockedByOther
        /// Another process took the database over after this one had opened it.
        case ownershipLost
        /// Reading or writing failed below SQLite.
        case inputOutput
        /// COMMIT itself failed: nobody can tell whether the transaction is on disk until it is read again.
        case commitAmbiguous
        /// The file to be written already exists.
        case exists
        /// SQLite refused this very statement or value; others may pass.
        case rejected
        case unexpected
    }

    public let code: Code
    /// Names the thing and what to do about it.
    public let message: String
    /// What lay beneath, in its own words.
    public let cause: String?
    /// Who owns the database, for `lockedByOther` where the file tells.
    public let holder: LockHolder?
    /// For `commitAmbiguous`: what the failed COMMIT would have been called before it.
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

    /// Whether the disk or the file is at fault, so that another batch would fare no better.
    ///
    /// `false` means that the batch was the reason: its entries are worth trying one by one.
    public var isDiskFault: Bool {
        switch code {
        case .diskFull, .readOnly, .cannotOpen, .locked, .damaged, .notADatabase, .foreign, .newerVersion,
            .olderVersion, .lockedByOther, .ownershipLost, .inputOutput, .commitAmbiguous, .exists:
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
