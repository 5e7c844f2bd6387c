import Dispatch
import SLOStore

/// Reads the database on a thread and a connection of its own, one reading at a time: neither a delivery nor the writer
/// waits for it. The connection is closed after each reading.
final class BackgroundReader: Sendable {
    private let database: String
    private let queue: DispatchQueue

    /// - Parameter label: of the thread, for whoever looks at the process.
    init(database: String, label: String) {
        self.database = database
        queue = DispatchQueue(label: label)
    }

    func read<Value: Sendable>(_ ask: @escaping @Sendable (StoreReader) throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { [database] in
                continuation.resume(
                    with: Result {
                        let store = try StoreReader.open(path: database)
                        defer { try? store.close() }
                        return try ask(store)
                    })
            }
        }
    }
}
