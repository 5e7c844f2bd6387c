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
