import SLOCore
import Testing

@testable import SLOStore

/// What a commit promises, whatever the database.
@Suite struct TransactionTests {
    @Test(arguments: Backend.allCases, [StoreFaultPoint.beforeTransaction, .beforeCommit])
    func aFaultBeforeCommitLeavesNothing(_ backend: Backend, point: StoreFaultPoint) throws {
        let faults = FaultSwitch()
        let store = try StorePlace(backend).open(fault: faults.fault)
        faults.arm(point) { throw StoreError(code: .inputOutput, message: "injected") }
        let error = try storeError { try store.commit(.counting("a", 1)) }
        #expect(error.code == .inputOutput)
        #expect(try store.load().counters.isEmpty)
        try store.commit(.counting("a", 1))
        #expect(try store.load().counters == ["a": 1])
        try store.close()
    }

    @Test(arguments: Backend.allCases, [(StoreFaultPoint.insteadOfCommit, 0 as Int64), (.afterCommit, 1)])
    func anErrorFromCommitIsAmbiguousAndLoadingTells(_ backend: Backend, end: (point: StoreFaultPoint, stored: Int64))
        throws
    {
        let faults = FaultSwitch()
        let store = try StorePlace(backend).open(fault: faults.fault)
        faults.arm(end.point) { throw StoreError(code: .inputOutput, message: "injected") }
        var batch = CommitBatch.deliveries(1...1)
        batch.counters = ["a": 1]
        let error = try storeError { try store.commit(batch) }
        #expect(error.code == .commitAmbiguous)
        #expect(error.ambiguousCode == .inputOutput)
        #expect(error.isDiskFault)
        let state = try store.load()
        #expect(state.counters["a", default: 0] == end.stored)
        #expect(state.nextSequence == 1 + end.stored)
        #expect((try store.known(.numbered(1)) != nil) == (end.stored == 1))
        // The connection is of use again.
        try store.commit(.deliveries(state.nextSequence...state.nextSequence))
        try store.close()
    }
}
