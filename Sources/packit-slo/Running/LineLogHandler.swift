import Logging
import SLOConfiguration
import SLOCore
import SLOService
import Synchronization
import SLOJSON

/// Writes log lines to standard error, one per event, as text for people or as JSON for collectors.
struct LineLogHandler: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    private let format: Configuration.Log.Format

    init(level: Logger.Level, format: Configuration.Log.Format) {
        self.logLevel = level
        self.format = format
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { _, new in new }.sorted { $0.key < $1.key }
        let fields = all.map { ($0.key, "\($0.value)") }
        let time = WallClock.now.rfc3339
        let line: String
        switch format {
        case .text: line = PlainText.line(Self.text(time, event.level, "\(event.message)", fields))
        case .json: line = PlainText.json(Self.json(time, event.level, "\(event.message)", fields))
        }
        // There is no way to report that standard error is closed.
        try? Output.standardError.write(Array((Disclosure.withoutUserInfo(line) + "\n").utf8))
    }

    private static func text(
        _ time: String, _ level: Logger.Level, _ message: String, _ fields: [(String, String)]
    ) -> String {
        let details = fields.map { " \($0)=\(isPlain($1) ? $1 : jsonString($1))" }.joined()
        return "\(time) \(level.rawValue) \(message)\(details)"
    }

    private static func json(
        _ time: String, _ level: Logger.Level, _ message: String, _ fields: [(String, String)]
    ) -> String {
        let head = [("time", time), ("level", level.rawValue), ("message", message)]
        let members = (head + fields).map { jsonString($0) + ":" + jsonString($1) }
        return "{" + members.joined(separator: ",") + "}"
    }

    private static func isPlain(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "=") }
    }
}

extension Logger {
    init(_ configuration: Configuration) {
        let level = Logger.Level(rawValue: configuration.log.level.rawValue) ?? .info
        self.init(label: "packit-slo") { _ in
            LineLogHandler(level: level, format: configuration.log.format)
        }
    }

    /// A logger without level `info`, for libraries that log routine events at it.
    var quiet: Logger {
        var logger = self
        if logger.logLevel == .info { logger.logLevel = .notice }
        return logger
    }
}
