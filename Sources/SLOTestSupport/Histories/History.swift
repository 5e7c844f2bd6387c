public import SLOCore

/// What the observer received, in order.
public struct History: Sendable {
    /// One input, with its time of receipt.
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
        /// The service started; it was down since the given time if it had run before.
        case start(blindSince: Timestamp?)
    }

    /// The settings by which it is judged.
    public var settings: LedgerSettings
    /// Times of receipt never go back.
    public var entries: [Entry]

    public init(settings: LedgerSettings, entries: [Entry]) {
        self.settings = settings
        self.entries = entries
    }
}

extension Observation {
    /// Whether the service reads it by itself: it is received in order, and once.
    var isReading: Bool {
        if case .appDeliveriesListed = self { true } else { false }
    }
}
