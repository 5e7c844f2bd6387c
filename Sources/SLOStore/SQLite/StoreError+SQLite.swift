import GRDB

/// Translates SQLite's result codes to errors that an operator can act on.
extension StoreError {
    /// - Parameter error: anything thrown while using the database at `path`. A `StoreError` passes unchanged.
    init(_ error: any Error, path: String) {
        switch error {
        case let error as StoreError:
            self = error
        case let error as DatabaseError:
            let code = Code(error.extendedResultCode)
            self.init(code: code, message: code.sentence(path: path), cause: error.briefCause)
        default:
            let code = Code.unexpected
            self.init(code: code, message: code.sentence(path: path), cause: String(describing: error))
        }
    }

    /// Converts an error of COMMIT itself.
    ///
    /// After a full disk or a busy database nothing is stored: SQLite had not written the transaction's last frame.
    /// After any other error it is unknown.
    static func fromCommit(_ error: any Error, path: String) -> StoreError {
        let plain = StoreError(error, path: path)
        switch plain.code {
        case .diskFull, .locked, .readOnly, .ownershipLost, .commitAmbiguous:
            return plain
        default:
            return StoreError(
                code: .commitAmbiguous,
                message: "the database \(path) failed to confirm a transaction: the server reads the database again",
                cause: plain.cause ?? plain.message,
                ambiguousCode: plain.code)
        }
    }
}

extension StoreError.Code {
    init(_ result: ResultCode) {
        switch result.primaryResultCode {
        case .SQLITE_FULL: self = .diskFull
        case .SQLITE_READONLY, .SQLITE_PERM: self = .readOnly
        case .SQLITE_CANTOPEN, .SQLITE_AUTH: self = .cannotOpen
        case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_PROTOCOL: self = .locked
        case .SQLITE_CORRUPT, .SQLITE_FORMAT: self = .damaged
        case .SQLITE_NOTADB: self = .notADatabase
        case .SQLITE_IOERR: self = .inputOutput
        case .SQLITE_CONSTRAINT, .SQLITE_TOOBIG, .SQLITE_MISMATCH, .SQLITE_RANGE: self = .rejected
        default: self = .unexpected
        }
    }

    func sentence(path: String) -> String {
        switch self {
        case .diskFull: "no space is left for the database \(path): free space on its disk or raise its quota"
        case .readOnly: "the database \(path) cannot be written: check its permissions and how its disk is mounted"
        case .cannotOpen:
            "the database \(path) cannot be opened: check that it exists, and the permissions of it and its folder"
        case .locked: "the database \(path) is locked by another connection: stop the program that uses it"
        case .damaged:
            "the database \(path) is damaged: restore a backup, or move the file away to start with a new one"
        case .notADatabase: "\(path) is not a database: check the path, or move the file away to start with a new one"
        case .foreign: "\(path) is the database of another program: check the path"
        case .newerVersion:
            "the database \(path) was written by a newer version of packit-slo: use that version, or restore a backup"
        case .olderVersion:
            "the database \(path) was last written by an older version: start the server on it once to migrate it"
        case .lockedByOther: "another server owns the database \(path)"
        case .ownershipLost: "another server has taken over the database \(path): stop one of the two"
        case .inputOutput: "the disk of the database \(path) fails to read or write: check the system log"
        case .unreachable: "the database \(path) is not reached: check the path"
        case .commitAmbiguous: "the database \(path) failed to confirm a transaction"
        case .exists: "\(path) already exists"
        case .rejected: "the database \(path) refused a row"
        case .unexpected: "the database \(path) failed in an unexpected way"
        }
    }
}

extension DatabaseError {
    /// Code and message without the statement, which is long and of no use to an operator.
    fileprivate var briefCause: String {
        "SQLite \(extendedResultCode.rawValue): \(message ?? "no message")"
    }
}
