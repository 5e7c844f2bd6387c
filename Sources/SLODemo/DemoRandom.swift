import Foundation
import SLOCore

/// Random numbers that are the same for the same seed, on every machine.
struct DemoRandom {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    /// SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }

    /// From 0 to less than 1.
    mutating func fraction() -> Double { Double(next() >> 11) / Double(1 << 53) }

    mutating func chance(_ share: Double) -> Bool { fraction() < share }

    mutating func number(below count: Int) -> Int { Int(next() % UInt64(count)) }

    mutating func hex(_ digits: Int) -> String {
        var text = ""
        while text.utf8.count < digits {
            let word = String(next(), radix: 16)
            text += String(repeating: "0", count: 16 - word.utf8.count) + word
        }
        return String(text.prefix(digits))
    }

    mutating func uuid() -> String {
        [8, 4, 4, 4, 12].map { hex($0) }.joined(separator: "-")
    }

    /// How long something takes that mostly takes about so many seconds, and sometimes much longer.
    mutating func about(_ seconds: Double, spread: Double) -> TimeSpan {
        // Box and Muller's way from equal to normal distribution.
        let normal = (-2 * log(1 - fraction())).squareRoot() * cos(2 * .pi * fraction())
        return .milliseconds(Int64(1000 * seconds * exp(spread * min(3.5, normal))))
    }

    /// The time until the next of events that happen so often an hour.
    mutating func wait(at perHour: Double) -> TimeSpan {
        .milliseconds(Int64(3_600_000 * -log(1 - fraction()) / perHour))
    }
}
