import Synchronization

/// A number that any thread may change, and how much of it is stored.
///
/// Only the registry accesses `kept`, under its lock; any thread accesses `value`. Additions wrap instead of trapping:
/// no input and no stored value may end the process.
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

    /// How much is stored.
    var keptValue: Int64 { kept.load(ordering: .relaxed) }

    /// Adds what is stored already, or was just read.
    func addKept(_ amount: Int64) {
        total.wrappingAdd(amount, ordering: .relaxed)
        kept.wrappingAdd(amount, ordering: .relaxed)
    }

    /// Sets both to the stored value, for numbers that only change together with it.
    func resetToKept(_ amount: Int64) {
        total.store(amount, ordering: .relaxed)
        kept.store(amount, ordering: .relaxed)
    }

    /// Sets how much is stored; the number itself stays, and the difference is unpersisted.
    func markKept(_ amount: Int64) {
        kept.store(amount, ordering: .relaxed)
    }

    /// Returns what is not stored yet, and marks it as stored.
    func takeUnkept() -> Int64 {
        let now = value
        return now &- kept.exchange(now, ordering: .relaxed)
    }

    /// Reverts a `takeUnkept` whose commit failed.
    func giveBack(_ amount: Int64) {
        kept.wrappingSubtract(amount, ordering: .relaxed)
    }
}
