import SLOCore
import SLOStore

/// How the writer ended.
enum WriterEnd: Sendable, Equatable {
    case stopped
    case failed(String)
}

extension StoreError {
    /// An error that is not the store's was caused by the batch.
    init(wrapping error: any Error) {
        if let error = error as? StoreError {
            self = error
        } else {
            self.init(code: .unexpected, message: "a batch cannot be processed: \(error)")
        }
    }
}

extension Writer {
    /// Whose deliveries a writer decides.
    enum Role {
        /// Those of its own process, which starts now.
        case alone
        /// Those of a cluster, in place of the decider before it, which had decided everything before a moment.
        case decider(decidedBefore: Timestamp)
        /// Those that were received earlier. Nobody waits, so it beats less often.
        case importer
    }
}
