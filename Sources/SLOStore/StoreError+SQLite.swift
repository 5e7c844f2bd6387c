import GRDB

/// From SQLite's result codes to what an operator can act on.
extension StoreError {
    /// - Parameter error: anything thrown while working on the database at `path`. A `StoreError` passes unchanged.
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

    /// For an error that COMMIT itself threw.
    ///
    /// A full disk and a busy database are known to leave nothing behind: SQLite had not finished to write the
    /// transaction's last frame. All else may or may not have reached the disk.
    static func fromCommit(_ error: any Error, path: String) -> StoreError {
        let plain = StoreError(error, path: path)
        switch plain.code {
        case .diskFull, .locked, .readOnly, .ownershipLost, .commitAmbiguous:
            return plain
        default:
            return StoreError(
                code: .commitAmbiguous,
                message: "the database \(path) failed to confirm a transaction: what is on disk must be read again",
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
        case .diskFull: "no room is left for the database \(path): free space on its disk or raise its quota"
        case .readOnly: "the database \(path) cannot be written: check its permissions and how its disk is mounted"
        case .cannotOpen: "the database \(path) cannot be opened: check that it and its folder exist and are permitted"
        case .locked: "the database \(path) is held by another connection: end the program that works on it"
        case .damaged: "the database \(path) is damaged: restore a backup, or move the file away to start anew"
        case .notADatabase: "\(path) is not a database: check the path, or move the file away to start anew"
        case .foreign: "\(path) is the database of another program: check the path"
        case .newerVersion:
            "the database \(path) was written by a newer version of packit-slo: use that version, or restore a backup"
        case .olderVersion: "the database \(path) was not written by this version yet: start the server on it once"
        case .lockedByOther: "another server owns the database \(path)"
        case .ownershipLost: "another server has taken over the database \(path): end one of the two"
        case .inputOutput: "the disk below the database \(path) fails to read or write: look at the system's log"
        case .commitAmbiguous: "the database \(path) failed to confirm a transaction"
        case .exists: "\(path) already exists"
        case .rejected: "the database \(path) refused a row"
        case .unexpected: "the database \(path) failed in an unexpected way"
        }
    }
}

extension DatabaseError {
    /// Code and message without the statement: statements are long and say nothing to an operator.
    fileprivate var briefCause: String {
        "SQLite \(extendedResultCode.rawValue): \(message ?? "no message")"
    }
}
