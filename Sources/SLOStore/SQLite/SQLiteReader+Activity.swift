import GRDB
public import SLOCore

extension SQLiteReader {
    public func runActivity(since: Timestamp) throws -> [RunActivity] {
        try records(PageQuery.runsSince, [since.milliseconds], RunActivity.init)
    }

    public func changeActivity(since: Timestamp) throws -> [ChangeActivity] {
        try records(PageQuery.changesSince, [since.milliseconds], ChangeActivity.init)
    }

    public func judgements(after: Timestamp, through: Timestamp) throws -> [ObjectiveCount] {
        try records(
            PageQuery.judgementsSince, [after.milliseconds, through.milliseconds], ObjectiveCount.init)
    }

    public func doubts(from: Timestamp, through: Timestamp) throws -> [DoubtCount] {
        try records(PageQuery.doubtsBetween, [from.milliseconds, through.milliseconds], DoubtCount.init)
    }

    public func objectiveHours(_ hours: ClosedRange<Int64>) throws -> [ObjectiveHour] {
        try records(PageQuery.hours, [hours.lowerBound, hours.upperBound], ObjectiveHour.init)
    }
}
