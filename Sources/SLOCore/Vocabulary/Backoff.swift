/// Pauses between attempts that grow: each is twice the one before, up to a longest.
public struct Backoff: Equatable, Sendable {
    public let first: TimeSpan
    public let longest: TimeSpan

    public init(first: TimeSpan, longest: TimeSpan) {
        self.first = first
        self.longest = longest
    }

    /// - Parameter failures: how many there were in a row; 1 or less gives the first pause.
    public func pause(after failures: Int) -> TimeSpan {
        // As often as no pause that is used can be doubled.
        let doublings = Int64(min(max(failures - 1, 0), 20))
        let (milliseconds, isTooLarge) = first.milliseconds.multipliedReportingOverflow(by: 1 << doublings)
        return isTooLarge ? longest : min(.milliseconds(milliseconds), longest)
    }
}
