public import SLOCore

extension Overview.Standing {
    /// When an error budget is spent if it goes on burning as it does.
    public struct Projection: Equatable, Sendable {
        public let spentIn: TimeSpan
        /// The recent time whose burn rate it assumes.
        public let over: TimeSpan
    }

    /// - Parameter window: of objectives that have none of their own.
    /// - Returns: `nil` if the budget lasts, if it is spent already, and without events.
    public func projection(window: TimeSpan) -> Projection? {
        guard let left = tally.errorBudgetRemaining(target: objective.target), left > 0,
            let burn = burns.last(where: { $0.over <= .hours(6) && $0.tally.compliance != nil })
                ?? burns.first(where: { $0.tally.compliance != nil }),
            let kept = burn.tally.errorBudgetRemaining(target: objective.target)
        else { return nil }
        // A burn rate of 1 spends the budget in exactly the window, in which it also recovers.
        let rate = 1 - kept
        guard rate > 1 else { return nil }
        let seconds = left * (objective.window ?? window).inSeconds / rate
        return Projection(spentIn: .seconds(Int64(seconds.rounded())), over: burn.over)
    }
}
