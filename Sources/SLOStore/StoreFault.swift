/// The moments at which a test can make the store fail. Named here so that every failure has its own test.
public enum StoreFaultPoint: String, CaseIterable, Hashable, Sendable {
    /// Nothing has been written yet.
    case beforeTransaction
    /// All rows are written, COMMIT has not been tried.
    case beforeCommit
    /// Instead of COMMIT: reported as ambiguous, and not on disk.
    case insteadOfCommit
    /// COMMIT went well but is reported as ambiguous: on disk.
    case afterCommit
    /// A health probe is about to write.
    case probe
}

/// Throws to make the store fail at a point. The default does nothing.
public typealias StoreFault = @Sendable (StoreFaultPoint) throws -> Void
