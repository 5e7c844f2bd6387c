import CAllocations
import Foundation

/// A repeatable step.
struct Step {
    let name: String
    /// The size of the output, if it matters.
    var outputBytes: Int?
    let work: () -> Void
}

/// The cost of one repetition of a step.
struct Figures: Encodable {
    let name: String
    /// The median over the rounds, and the minimum and maximum.
    let nanoseconds: Double
    let least: Double
    let most: Double
    /// `nil` if they were not counted.
    let allocations: Double?
    var outputBytes: Int?
}

struct Meter {
    let rounds: Int
    let time: Duration

    /// Measures all steps in turns, so that disturbances of the machine affect all of them.
    func measure(_ steps: [Step]) -> [Figures] {
        let counts = steps.map { repetitions(of: $0) }
        var times = steps.map { _ in [Double]() }
        for _ in 0..<rounds {
            for (index, step) in steps.enumerated() {
                times[index].append(Self.nanoseconds { Self.repeat(step, counts[index]) } / Double(counts[index]))
            }
        }
        return steps.enumerated().map { index, step in
            Figures(
                name: step.name, times: times[index], allocations: Self.allocations(of: step, counts[index]),
                outputBytes: step.outputBytes)
        }
    }

    /// How many repetitions of a step fit into one round.
    private func repetitions(of step: Step) -> Int {
        var count = 1
        while true {
            let taken = Self.nanoseconds { Self.repeat(step, count) }
            let wanted = Double(time.components.seconds) * 1e9 + Double(time.components.attoseconds) / 1e9
            if taken > wanted / 10 { return max(1, Int(Double(count) * wanted / taken)) }
            count *= 4
        }
    }

    private static func `repeat`(_ step: Step, _ count: Int) {
        for _ in 0..<count { step.work() }
    }

    private static func allocations(of step: Step, _ count: Int) -> Double {
        let before = allocations_count()
        Self.repeat(step, count)
        return Double(allocations_count() - before) / Double(count)
    }

    /// The CPU time of this thread, which excludes other users of the CPU.
    static func nanoseconds(_ work: () throws -> Void) rethrows -> Double {
        let before = threadTime()
        try work()
        return threadTime() - before
    }

    private static func threadTime() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
    }
}

extension Figures {
    init(name: String, times: [Double], allocations: Double? = nil, outputBytes: Int? = nil) {
        let sorted = times.sorted()
        self.init(
            name: name, nanoseconds: sorted[sorted.count / 2], least: sorted[0], most: sorted[sorted.count - 1],
            allocations: allocations, outputBytes: outputBytes)
    }
}

/// Keeps the optimizer from removing unused results.
@inline(never)
func consume<Value>(_ value: Value) {
    withExtendedLifetime(value) {}
}

func printJSON(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    print(String(decoding: try encoder.encode(value), as: UTF8.self))
}
