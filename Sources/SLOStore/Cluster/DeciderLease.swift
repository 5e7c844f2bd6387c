/// The right to decide, which one node of a cluster has at a time.
public protocol DeciderLease: Sendable {
    /// Claims the right, unless another node's lease lasts.
    /// - Returns: `nil` if it does.
    func claim(by node: String) throws -> (any TermStore)?
}

/// The store of one term: of a node's right to decide, from its claim until another node claims.
///
/// Each claim raises the epoch, and each commit of a term checks it within its transaction. A term whose epoch is over
/// therefore changes nothing: its calls throw `ownershipLost`, however late they come.
public protocol TermStore: LedgerStore {
    var epoch: Int64 { get }
    /// Whether a call has found that another node has claimed.
    var isOver: Bool { get }
    /// Makes the lease last as long again as a new one. A commit does, too.
    func renew() throws
    /// Lets another node claim at once.
    func release() throws
}
