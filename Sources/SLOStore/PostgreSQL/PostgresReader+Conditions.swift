import SLOCore

extension PostgresReader {
    func sampledSeries() throws -> [SampledSeriesRecord] {
        try records(PostgresQuery.sampledSeries, [], SampledSeriesRecord.init)
    }

    func forEachSample(from first: Timestamp, _ visit: (SampleRecord) throws -> Void) throws {
        try SampleRecord.forEach(
            from: first,
            reading: {
                try records(PostgresQuery.samplesFrom, [.time($0), .count(ReadingLimit.samples)], SampleRecord.init)
            }, visit)
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

    func timeNotes(from: Timestamp, through: Timestamp, atMost limit: Int) throws -> [TimeNote] {
        try records(PostgresQuery.timeNotes, [.time(from), .time(through), .count(limit)], TimeNote.init)
    }

    func changesJudged(from: Timestamp, before end: Timestamp, atMost limit: Int) throws -> [JudgedChange] {
        try records(PostgresQuery.changesJudged, [.time(from), .time(end), .count(limit)], JudgedChange.init)
    }

    func runsCounted(from: Timestamp, before end: Timestamp, atMost limit: Int) throws -> [CountedRun] {
        try records(PostgresQuery.runsCounted, [.time(from), .time(end), .count(limit)], CountedRun.init)
    }
}
