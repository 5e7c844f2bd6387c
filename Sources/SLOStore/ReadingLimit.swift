/// How much a reader reads at a time. Between two pages no transaction is open that would keep old rows from being
/// removed.
enum ReadingLimit {
    static let stateRows = 8192
    static let keys = 1024
    static let entries = 1024
    static let endedRuns = 4096
    static let judgements = 4096
    static let deliveries = 256
    static let samples = 1024
    static let nodes = 64
    /// Of the bodies of deliveries, as they arrived.
    static let deliveryBytes = 16 << 20
    /// What one search reads of the judgements' index.
    static let searchedJudgements = 10_000
    /// Entries before and behind the place where a delivery should be by its time: deadlines have times of their own.
    static let nearbyEntries: Int64 = 2000

    /// Behind every hexadecimal digit.
    static let afterEverySHA = "~"
}
