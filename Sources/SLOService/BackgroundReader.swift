import Dispatch
package import SLOStore

/// Reads the database on its own thread and connection, one query at a time, so that neither intake nor the writer
/// waits for it. Each query opens and closes the connection.
package final class BackgroundReader: Sendable {
    private let readers: ReaderSource
    private let queue: DispatchQueue

    /// - Parameter label: the queue's name in debuggers and profiles.
    package init(_ readers: ReaderSource, label: String) {
        self.readers = readers
        queue = DispatchQueue(label: label)
    }

    package func read<Value: Sendable>(_ ask: @escaping @Sendable (any StoreReading) throws -> Value) async throws
        -> Value
    {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { [readers] in
                continuation.resume(
                    with: Result {
                        let store = try readers.open()
                        defer { try? store.close() }
                        return try ask(store)
                    })
            }
        }
    }
}
