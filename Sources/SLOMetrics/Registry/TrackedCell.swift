import Synchronization

/// A number that any thread may move, and how much of it is on disk.
///
/// Only the registry touches `kept`, under its lock; `value` is free for all. Additions wrap instead of trapping:
/// nothing that arrives or was stored may end the process.
final class TrackedCell: Sendable {
    private let total: Atomic<Int64>
    private let kept = Atomic<Int64>(0)

    init(_ value: Int64 = 0) {
        total = Atomic(value)
    }

    var value: Int64 { total.load(ordering: .relaxed) }

    func add(_ amount: Int64) {
        total.wrappingAdd(amount, ordering: .relaxed)
    }

    func set(_ value: Int64) {
        total.store(value, ordering: .relaxed)
    }

    /// Adds what is on disk already, or is being read from there.
    func addKept(_ amount: Int64) {
        total.wrappingAdd(amount, ordering: .relaxed)
        kept.wrappingAdd(amount, ordering: .relaxed)
    }

    /// Sets both to what the disk says: for numbers that only move together with the disk.
    func resetToKept(_ amount: Int64) {
        total.store(amount, ordering: .relaxed)
        kept.store(amount, ordering: .relaxed)
    }

    /// Corrects how much is on disk; the number itself stays, and the difference is still to be written.
    func markKept(_ amount: Int64) {
        kept.store(amount, ordering: .relaxed)
    }

    /// What is not on disk yet, which counts as written from now on.
    func takeUnkept() -> Int64 {
        let now = value
        return now &- kept.exchange(now, ordering: .relaxed)
    }

    /// Undoes a `takeUnkept` whose write failed.
    func giveBack(_ amount: Int64) {
        kept.wrappingSubtract(amount, ordering: .relaxed)
    }
}
