import GRDB
public import SLOCore

extension SQLiteReader {
    public func sampledSeries() throws -> [SampledSeriesRecord] {
        try records(PageQuery.sampledSeries, [], SampledSeriesRecord.init)
    }

    public func forEachSample(from first: Timestamp, _ visit: (SampleRecord) throws -> Void) throws {
        var next = first
        while true {
            let page = try records(
                PageQuery.samplesFrom, [next.milliseconds, ReadingLimit.samples], SampleRecord.init)
            for sample in page { try visit(sample) }
            guard page.count == ReadingLimit.samples, let last = page.last else { return }
            next = last.at + .milliseconds(1)
        }
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
}
