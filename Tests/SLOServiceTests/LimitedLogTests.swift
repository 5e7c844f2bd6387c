import Logging
import Synchronization
import Testing

@testable import SLOService

/// Strangers cause a few log lines of a kind a second, and the rest is counted.
@Suite struct LimitedLogTests {
    private final class Lines: Sendable {
        private let kept = Mutex<[String]>([])
        private let seconds = Mutex<Int>(0)
        private let waiting = Mutex<[@Sendable () -> Void]>([])
        let began = ContinuousClock.now

        var all: [String] { kept.withLock { $0 } }

        func log(level: Logger.Level = .info) -> LimitedLog {
            var logger = Logger(label: "kept") { _ in Handler(lines: self) }
            logger.logLevel = level
            return LimitedLog(logger, now: { self.began + .seconds(self.seconds.withLock { $0 }) }) { action in
                self.waiting.withLock { $0.append(action) }
            }
        }

        func passSecond() {
            seconds.withLock { $0 += 1 }
            let due = waiting.withLock { waiting in
                defer { waiting = [] }
                return waiting
            }
            for action in due { action() }
        }

        private struct Handler: LogHandler {
            let lines: Lines
            var metadata: Logger.Metadata = [:]
            var logLevel = Logger.Level.info

            subscript(metadataKey key: String) -> Logger.Metadata.Value? {
                get { metadata[key] }
                set { metadata[key] = newValue }
            }

            func log(event: LogEvent) {
                let fields = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }
                lines.kept.withLock { $0.append("\(event.level) \(event.message)\(fields.joined())") }
            }
        }
    }

    @Test func linesAboveTheLimitAreCounted() {
        let lines = Lines()
        let log = lines.log()
        for number in 0..<1000 { log.info("refused", variant: "bad", metadata: ["number": "\(number)"]) }
        #expect(lines.all.count == LimitedLog.linesPerSecond)
        lines.passSecond()
        #expect(lines.all.last == "info 990 more like this in the last second line=refused variant=bad")
        #expect(lines.all.count == LimitedLog.linesPerSecond + 1)
        log.info("refused", variant: "bad", metadata: [:])
        #expect(lines.all.count == LimitedLog.linesPerSecond + 2)
    }

    @Test func kindsHaveSeparateLimits() {
        let lines = Lines()
        let log = lines.log()
        for _ in 0..<100 { log.info("refused", variant: "bad") }
        log.info("refused", variant: "large")
        log.warning("late")
        #expect(lines.all.suffix(2) == ["info refused", "warning late"])
    }

    @Test func linesBelowTheLimitAreAllLogged() {
        let lines = Lines()
        let log = lines.log()
        for _ in 0..<3 {
            for _ in 0..<LimitedLog.linesPerSecond { log.info("refused") }
            lines.passSecond()
        }
        #expect(lines.all == Array(repeating: "info refused", count: 3 * LimitedLog.linesPerSecond))
    }

    @Test func disabledLevelsAreNotCounted() {
        let lines = Lines()
        let log = lines.log(level: .warning)
        for _ in 0..<100 { log.info("refused") }
        lines.passSecond()
        #expect(lines.all.isEmpty)
    }
}
