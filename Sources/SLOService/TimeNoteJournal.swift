public import SLOCore

/// Where people note what happened in a time, or is planned.
public protocol TimeNoteJournal: Sendable {
    /// Whether a token allows to note something.
    func access(with token: String?) -> WriteAccess
    /// Returns once it is on disk.
    /// - Parameter kind: as it is stored and shown.
    /// - Returns: the note's id; `nil` if it cannot be stored at present.
    func note(kind: String, from: Timestamp, to: Timestamp, words: String) async -> Int64?
    /// - Returns: whether no note with this id is stored any more.
    func withdrawNote(_ id: Int64) async -> Bool
}

/// Whether a request may write.
public enum WriteAccess: Sendable {
    case granted
    /// The token is missing or unknown.
    case denied
    /// No token is configured, so nobody may.
    case closed
}

/// What is to be done with the notes.
enum TimeNoteEdit: Sendable {
    case add(kind: String, from: Timestamp, to: Timestamp, words: String)
    case withdraw(Int64)
}

enum TimeNoteResult: Sendable, Equatable {
    case added(Int64)
    case withdrawn
    /// It is not stored, or nobody knows.
    case failed
}
