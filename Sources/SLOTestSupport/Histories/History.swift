public import SLOCore

/// What reached the observer, in the order in which it did.
public struct History: Sendable {
    /// One thing that reached it, and when by its own clock.
    public struct Entry: Equatable, Sendable {
        public var receivedAt: Timestamp
        public var input: Input

        public init(_ input: Input, receivedAt: Timestamp) {
            self.input = input
            self.receivedAt = receivedAt
        }
    }

    public enum Input: Equatable, Sendable {
        case observation(Observation)
        /// The service started, and had seen nothing since a time, if it had ever run.
        case start(blindSince: Timestamp?)
    }

    /// By what it is judged.
    public var settings: LedgerSettings
    /// Times of receipt never go back.
    public var entries: [Entry]

    public init(settings: LedgerSettings, entries: [Entry]) {
        self.settings = settings
        self.entries = entries
    }
}
