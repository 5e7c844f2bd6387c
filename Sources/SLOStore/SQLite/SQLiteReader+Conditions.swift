import GRDB
public import SLOCore

extension SQLiteReader {
    public func sampledSeries() throws -> [SampledSeriesRecord] {
        try records(PageQuery.sampledSeries, [], SampledSeriesRecord.init)
    }

    public func forEachSample(from first: Timestamp, _ visit: (SampleRecord) throws -> Void) throws {
        try SampleRecord.forEach(
            from: first,
            reading: {
                try records(PageQuery.samplesFrom, [$0.milliseconds, ReadingLimit.samples], SampleRecord.init)
            }, visit)
    }

    public func openIncidents(atMost limit: Int) throws -> [Incident] {
        try records(PageQuery.openIncidents, [limit], Incident.init)
    }

    public func firedIncidents(endedSince moment: Timestamp, atMost limit: Int) throws -> [Incident] {
        try records(PageQuery.incidentsEndedSince, [moment.milliseconds, limit], Incident.init)
    }

    public func firedIncidents(before place: IncidentPlace?, atMost limit: Int) throws -> [Incident] {
        try records(
            PageQuery.incidentsBefore, [place?.beganAt.milliseconds ?? .max, limit, place?.skipping ?? 0],
            Incident.init)
    }

    public func timeNotes(from: Timestamp, through: Timestamp, atMost limit: Int) throws -> [TimeNote] {
        try records(PageQuery.timeNotes, [from.milliseconds, through.milliseconds, limit], TimeNote.init)
    }

    public func changesJudged(
        from: Timestamp, before end: Timestamp, atMost limit: Int
    ) throws -> [JudgedChange] {
        try records(PageQuery.changesJudged, [from.milliseconds, end.milliseconds, limit], JudgedChange.init)
    }

    public func runsCounted(from: Timestamp, before end: Timestamp, atMost limit: Int) throws -> [CountedRun] {
        try records(PageQuery.runsCounted, [from.milliseconds, end.milliseconds, limit], CountedRun.init)
    }
}
