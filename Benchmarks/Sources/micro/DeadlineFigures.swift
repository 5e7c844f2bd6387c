import CAllocations
import SLOCore
import SLOTestSupport

/// The time to arm and drop deadlines while this many are armed.
struct DeadlineFigures: Encodable {
    let armed: Int
    /// Medians over the rounds.
    let nanosecondsToArm: Double
    /// Replacing an entity's deadline, as when its change is answered.
    let nanosecondsToArmAgain: Double
    let nanosecondsToTake: Double
    let bytesEach: Double
    let allocationsEach: Double

    private static let batch = 64

    static func measure(_ count: Int, rounds: Int) -> DeadlineFigures {
        let all = (0..<rounds).map { DeadlineFigures(count, seed: UInt64($0)) }
        func median(_ figure: (DeadlineFigures) -> Double) -> Double { all.map(figure).sorted()[all.count / 2] }
        return DeadlineFigures(
            armed: count, nanosecondsToArm: median(\.nanosecondsToArm),
            nanosecondsToArmAgain: median(\.nanosecondsToArmAgain),
            nanosecondsToTake: median(\.nanosecondsToTake), bytesEach: median(\.bytesEach),
            allocationsEach: median(\.allocationsEach))
    }

    private init(_ count: Int, seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let times = (0..<count).map { _ in Int64.random(in: 0..<3_600_000, using: &random) }
        let again = (0..<count / 10).map { _ in Int.random(in: 0..<count, using: &random) }
        var queue = DeadlineQueue()
        let bytesBefore = allocations_live_bytes()
        let allocationsBefore = allocations_count()
        let arming = Meter.nanoseconds {
            for index in 0..<count { Self.arm(index, at: times[index], in: &queue) }
            queue.confirm()
        }
        let bytes = allocations_live_bytes() - bytesBefore
        let allocations = allocations_count() - allocationsBefore
        let rearming = Meter.nanoseconds {
            for index in again { Self.arm(index, at: times[index] + 1, in: &queue) }
            queue.confirm()
        }
        let taking = Meter.nanoseconds {
            var number = 0
            while queue.takeDue(by: .max) != nil {
                number += 1
                if number % Self.batch == 0 { queue.confirm() }
            }
            queue.confirm()
        }
        self.init(
            armed: count, nanosecondsToArm: arming / Double(count),
            nanosecondsToArmAgain: rearming / Double(max(1, again.count)), nanosecondsToTake: taking / Double(count),
            bytesEach: Double(bytes) / Double(count), allocationsEach: Double(allocations) / Double(count))
    }

    private init(
        armed: Int, nanosecondsToArm: Double, nanosecondsToArmAgain: Double, nanosecondsToTake: Double,
        bytesEach: Double, allocationsEach: Double
    ) {
        self.armed = armed
        self.nanosecondsToArm = nanosecondsToArm
        self.nanosecondsToArmAgain = nanosecondsToArmAgain
        self.nanosecondsToTake = nanosecondsToTake
        self.bytesEach = bytesEach
        self.allocationsEach = allocationsEach
    }

    private static func arm(_ index: Int, at time: Int64, in queue: inout DeadlineQueue) {
        queue.arm(
            Deadline(entity: EntityID(Int64(index)), due: Timestamp(milliseconds: time)), fireAt: time)
        if index % batch == 0 { queue.confirm() }
    }
}
