import FoundationEssentials
import SLOCore

/// Reads recordings as one stream of deliveries in order of receipt.
///
/// Each path is a file, or a folder whose `*.jsonl` files are read in order of their names, like a rotated recording.
/// Several paths are merged by time of receipt; at equal times, the path named first comes first. Within a path time
/// does not go back: a delivery with an earlier time than the one before it gets that one's time.
///
/// Not `Sendable`: one task reads.
public final class RecordingReader {
    private let tracks: [Track]
    /// How many times a recording's clock went back.
    public private(set) var clockStepsBack = 0
    /// The size of all files, for progress.
    public let totalBytes: Int

    /// - Throws: if a path does not exist, or a folder contains no recording.
    public init(paths: [String]) throws(RecordingError) {
        var tracks: [Track] = []
        for path in paths { tracks.append(Track(files: try Self.files(at: path))) }
        self.tracks = tracks
        totalBytes = tracks.flatMap(\.files).reduce(0) { $0 + LineReader.size(ofFile: $1) }
    }

    /// The next delivery; `nil` at the end.
    /// - Throws: with file and line, if a line is not a recorded delivery.
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
            throw RecordingError(file: path, line: nil, reason: "contains no *.jsonl file")
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

    /// The next delivery's time of receipt.
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
