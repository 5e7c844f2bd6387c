import FoundationEssentials
import SLOCore

/// Reads recordings as one stream of deliveries in the order of receipt.
///
/// Each path is a file, or a folder whose `*.jsonl` files are read one after the other in the order of their names, as
/// a recording that was rotated. Several paths are merged by time of receipt; at the same time, the path named first
/// comes first. Within a path the clock never goes back: a delivery recorded as earlier than the one before it was
/// received when that one was.
///
/// Not `Sendable`: one task reads.
public final class RecordingReader {
    private let tracks: [Track]
    /// How often a recording's clock went back.
    public private(set) var clockStepsBack = 0
    /// How many bytes all the files hold, for progress.
    public let totalBytes: Int

    /// - Throws: where a path does not exist, or a folder holds no recording.
    public init(paths: [String]) throws(RecordingError) {
        var tracks: [Track] = []
        for path in paths { tracks.append(Track(files: try Self.files(at: path))) }
        self.tracks = tracks
        totalBytes = tracks.flatMap(\.files).reduce(0) { $0 + LineReader.size(ofFile: $1) }
    }

    /// The next delivery; `nil` at the end.
    /// - Throws: with file and line, where a line is not a recorded delivery.
    public func next() throws(RecordingError) -> RecordedDelivery? {
        var earliest: (track: Track, time: Timestamp)?
        for track in tracks {
            guard let time = try track.peek() else { continue }
            if let known = earliest, known.time <= time { continue }
            earliest = (track, time)
        }
        guard let track = earliest?.track else { return nil }
        defer { clockStepsBack = tracks.reduce(0) { $0 + $1.clockStepsBack } }
        return try track.take()
    }

    private static func files(at path: String) throws(RecordingError) -> [String] {
        var isFolder = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw RecordingError(file: path, line: nil, reason: "does not exist")
        }
        guard isFolder else { return [path] }
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            throw RecordingError(file: path, line: nil, reason: "cannot be read: \(error)")
        }
        let recordings = names.filter { $0.hasSuffix(".jsonl") && !$0.hasPrefix(".") }.sorted()
        guard !recordings.isEmpty else {
            throw RecordingError(file: path, line: nil, reason: "holds no *.jsonl file")
        }
        return recordings.map { path.hasSuffix("/") ? path + $0 : "\(path)/\($0)" }
    }
}

/// One path's files, read one after the other.
private final class Track {
    let files: [String]
    private(set) var clockStepsBack = 0
    private var nextFile = 0
    private var reader: LineReader?
    private var ahead: RecordedDelivery?
    private var clock: Timestamp?

    init(files: [String]) {
        self.files = files
    }

    /// When the next delivery was received.
    func peek() throws(RecordingError) -> Timestamp? {
        if ahead == nil { ahead = try read() }
        return ahead?.receivedAt
    }

    func take() throws(RecordingError) -> RecordedDelivery? {
        guard try peek() != nil else { return nil }
        defer { ahead = nil }
        return ahead
    }

    private func read() throws(RecordingError) -> RecordedDelivery? {
        while true {
            if reader == nil {
                guard nextFile < files.count else { return nil }
                reader = try LineReader(path: files[nextFile])
                nextFile += 1
            }
            if var delivery = try reader?.next(RecordingLine.read) {
                if let clock, delivery.receivedAt < clock {
                    clockStepsBack += 1
                    delivery.receivedAt = clock
                }
                clock = delivery.receivedAt
                return delivery
            }
            reader = nil
        }
    }
}
