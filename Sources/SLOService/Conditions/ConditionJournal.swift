import SLOCore
import SLOStore
import Synchronization

/// What became of the conditions since it was last stored. Those who evaluate add to it; the writer stores it.
final class ConditionJournal: Sendable {
    /// Of samples that cannot be stored, the last hours are kept.
    private static let maxSamples = 600
    private static let maxIncidents = 4000

    private let records = Mutex(ConditionRecords())

    var unstored: ConditionRecords { records.withLock { $0 } }

    func add(_ more: ConditionRecords) {
        records.withLock { records in
            records.series += more.series
            // The clock may have been set back.
            if let first = more.samples.first { records.samples.removeAll { $0.at >= first.at } }
            records.samples += more.samples
            records.keepSamplesFrom = more.keepSamplesFrom ?? records.keepSamplesFrom
            for incident in more.incidents {
                records.incidents.removeAll { $0.key == incident.key }
                records.incidents.append(incident)
            }
            for key in more.withdrawnIncidents {
                records.incidents.removeAll { $0.key == key }
                records.withdrawnIncidents.append(key)
            }
            records.samples.removeFirst(max(0, records.samples.count - Self.maxSamples))
            records.incidents.removeFirst(max(0, records.incidents.count - Self.maxIncidents))
            records.withdrawnIncidents.removeFirst(max(0, records.withdrawnIncidents.count - Self.maxIncidents))
        }
    }

    /// These are stored; what was added since stays.
    func stored(_ done: ConditionRecords) {
        records.withLock { records in
            records.series.removeAll { done.series.contains($0) }
            records.samples.removeAll { done.samples.contains($0) }
            records.incidents.removeAll { done.incidents.contains($0) }
            records.withdrawnIncidents.removeAll { done.withdrawnIncidents.contains($0) }
        }
    }
}
