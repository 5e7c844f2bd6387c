/// The points at which a test can make the store fail.
public enum StoreFaultPoint: String, CaseIterable, Hashable, Sendable {
    /// Nothing has been written yet.
    case beforeTransaction
    /// All rows are written; COMMIT has not been tried.
    case beforeCommit
    /// Instead of COMMIT: reported as ambiguous, and not on disk.
    case insteadOfCommit
    /// After a successful COMMIT: reported as ambiguous, and on disk.
    case afterCommit
    /// A health probe is about to write.
    case probe
}

/// Throws to make the store fail at a point. The default does nothing.
public typealias StoreFault = @Sendable (StoreFaultPoint) throws -> Void
