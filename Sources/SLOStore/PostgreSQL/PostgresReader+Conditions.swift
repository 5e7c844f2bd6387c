import SLOCore

extension PostgresReader {
    func sampledSeries() throws -> [SampledSeriesRecord] {
        try records(PostgresQuery.sampledSeries, [], SampledSeriesRecord.init)
    }

    func forEachSample(from first: Timestamp, _ visit: (SampleRecord) throws -> Void) throws {
        var next = first
        while true {
            let page = try records(
                PostgresQuery.samplesFrom, [.time(next), .count(ReadingLimit.samples)], SampleRecord.init)
            for sample in page { try visit(sample) }
            guard page.count == ReadingLimit.samples, let last = page.last else { return }
            next = last.at + .milliseconds(1)
        }
    }

    func openIncidents(atMost limit: Int) throws -> [Incident] {
        try records(PostgresQuery.openIncidents, [.count(limit)], Incident.init)
    }

    func firedIncidents(endedSince moment: Timestamp, atMost limit: Int) throws -> [Incident] {
        try records(PostgresQuery.incidentsEndedSince, [.time(moment), .count(limit)], Incident.init)
    }

    func firedIncidents(before place: IncidentPlace?, atMost limit: Int) throws -> [Incident] {
        try records(
            PostgresQuery.incidentsBefore,
            [
                .time(place?.beganAt ?? Timestamp(milliseconds: .max)), .count(limit),
                .count(place?.skipping ?? 0),
            ], Incident.init)
    }
}
