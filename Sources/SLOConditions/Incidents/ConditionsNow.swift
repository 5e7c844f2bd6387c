public import SLOCore

/// A condition that holds now.
public struct HoldingCondition: Sendable {
    public var incident: Incident
    /// What is wrong, and what to do.
    public let description: String
    /// How many wait for it; `nil` if that makes no sense.
    public let waiting: Int64?
    /// The page that shows more.
    public let page: Page
    /// When the alert fired, or fires if it still holds then.
    public let firesAt: Timestamp

    /// Why this party: what most of those that wait wait for; `nil` if that is not known.
    public var partyReason: String?
    /// Where most of those are that wait.
    public var parts = WaitingParts()

    public var isFiring: Bool { incident.firedAt != nil }

    public init(incident: Incident, description: String, waiting: Int64?, page: Page, firesAt: Timestamp) {
        self.incident = incident
        self.description = description
        self.waiting = waiting
        self.page = page
        self.firesAt = firesAt
    }
}

/// How many of those that wait are of each chroot and of each repository, the most first. Hidden names are left out.
public struct WaitingParts: Equatable, Sendable {
    public struct Part: Equatable, Sendable {
        public let name: String
        public let count: Int

        public init(name: String, count: Int) {
            self.name = name
            self.count = count
        }
    }

    public var chroots: [Part] = []
    public var repositories: [Part] = []

    public init() {}
}

/// What holds now.
public struct ConditionsNow: Sendable {
    /// When it was evaluated; `nil` before the first time.
    public var at: Timestamp?
    /// Since when there are samples.
    public var samplesSince: Timestamp?
    /// The most urgent first.
    public var holding: [HoldingCondition] = []

    public init() {}
}
