import Dispatch
public import Logging
import Synchronization

/// Limits log lines that requests cause: a few of each kind a second, then one line with the number left out.
///
/// Without a limit anybody could fill the disk and bury other lines. Everything logged because of a request, signed or
/// not, goes through here.
public final class LimitedLog: Sendable {
    /// The limit per kind at level `info` and above. Lower levels are switched on deliberately and have a higher one.
    public static let linesPerSecond = 10
    public static let lowLevelLinesPerSecond = 1000

    private struct Kind: Hashable {
        let message: String
        let variant: String
    }

    private struct Second {
        let beginsAt: ContinuousClock.Instant
        var lines = 0
    }

    private let logger: Logger
    private let now: @Sendable () -> ContinuousClock.Instant
    private let later: @Sendable (@escaping @Sendable () -> Void) -> Void
    private let seconds = Mutex<[Kind: Second]>([:])

    public convenience init(_ logger: Logger) {
        self.init(logger, now: { .now }) { action in
            DispatchQueue.global().asyncAfter(deadline: .now() + 1, execute: action)
        }
    }

    /// - Parameter later: runs its argument about a second later.
    init(
        _ logger: Logger, now: @escaping @Sendable () -> ContinuousClock.Instant,
        later: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void
    ) {
        self.logger = logger
        self.now = now
        self.later = later
    }

    public func error(
        _ message: Logger.Message, variant: String = "", metadata: @autoclosure () -> Logger.Metadata = [:]
    ) { log(.error, message, variant, metadata) }

    public func warning(
        _ message: Logger.Message, variant: String = "", metadata: @autoclosure () -> Logger.Metadata = [:]
    ) { log(.warning, message, variant, metadata) }

    public func info(
        _ message: Logger.Message, variant: String = "", metadata: @autoclosure () -> Logger.Metadata = [:]
    ) { log(.info, message, variant, metadata) }

    public func debug(
        _ message: Logger.Message, variant: String = "", metadata: @autoclosure () -> Logger.Metadata = [:]
    ) { log(.debug, message, variant, metadata) }

    /// - Parameters:
    ///   - message: the kind; a constant of the program.
    ///   - variant: distinguishes kinds with the same message. Also a constant, never part of a request.
    private func log(
        _ level: Logger.Level, _ message: Logger.Message, _ variant: String, _ metadata: () -> Logger.Metadata
    ) {
        guard level >= logger.logLevel else { return }
        let kind = Kind(message: message.description, variant: variant)
        let limit = level >= .info ? Self.linesPerSecond : Self.lowLevelLinesPerSecond
        let line = seconds.withLock { seconds in
            let now = now()
            var second = seconds[kind] ?? Second(beginsAt: now)
            // If lines were left out, the summary ends the second; otherwise the next line does.
            if second.lines <= limit, now - second.beginsAt >= .seconds(1) { second = Second(beginsAt: now) }
            second.lines += 1
            seconds[kind] = second
            return second.lines
        }
        if line <= limit {
            logger.log(level: level, message, metadata: metadata())
        } else if line == limit + 1 {
            later { self.endSecond(of: kind, level, limit) }
        }
    }

    private func endSecond(of kind: Kind, _ level: Logger.Level, _ limit: Int) {
        let lines = seconds.withLock { $0.removeValue(forKey: kind)?.lines ?? 0 }
        guard lines > limit else { return }
        var metadata: Logger.Metadata = ["line": "\(kind.message)"]
        if !kind.variant.isEmpty { metadata["variant"] = "\(kind.variant)" }
        logger.log(level: level, "\(lines - limit) more like this in the last second", metadata: metadata)
    }
}
