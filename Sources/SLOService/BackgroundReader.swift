import Dispatch
package import SLOStore

/// Reads the database on its own thread and connection, one query at a time, so that neither intake nor the writer
/// waits for it. Each query opens and closes the connection.
package final class BackgroundReader: Sendable {
    private let database: String
    private let queue: DispatchQueue

    /// - Parameter label: the queue's name in debuggers and profiles.
    package init(database: String, label: String) {
        self.database = database
        queue = DispatchQueue(label: label)
    }

    package func read<Value: Sendable>(_ ask: @escaping @Sendable (StoreReader) throws -> Value) async throws -> Value {
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
