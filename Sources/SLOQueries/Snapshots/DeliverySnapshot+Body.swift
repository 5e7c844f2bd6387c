import SLOCore
import SLOJSON
import SLORecordings
import SLOStore

extension DeliverySnapshot {
    /// Larger bodies are not read.
    private static let readBytes: Int64 = 4 << 20

    /// - Returns: `nil` if the journal has no delivery of that number.
    init?(_ sequence: Int64, at now: Timestamp, mask: EventMask, from store: any StoreReading) throws {
        guard let delivery = try store.delivery(sequence).flatMap({ ShownDelivery($0, mask) }) else { return nil }
        guard delivery.summary.bodyByteCount <= Self.readBytes else {
            self.init(at: now, delivery: delivery, body: .tooLarge)
            return
        }
        guard let stored = try store.bodies(of: [sequence]).first else {
            self.init(at: now, delivery: delivery, body: .notKept)
            return
        }
        self.init(
            at: now, delivery: delivery.completed(with: stored), body: Body(stored, of: delivery.repository, mask))
    }
}

extension DeliverySnapshot.Body {
    /// What is shown of a long body.
    private static let shownBytes = 64 << 10

    fileprivate init(_ stored: StoredDelivery, of repository: RepositoryName?, _ mask: EventMask) {
        guard repository != .hidden else {
            self = .hidden
            return
        }
        guard let value = stored.json.flatMap({ try? JSONValue(parsing: $0) }) else {
            self = mask.showsPrivate || !mask.directory.hidesAny ? .unreadable : .hidden
            return
        }
        guard mask.shows(value, of: repository, from: stored.source) else {
            self = .hidden
            return
        }
        let text = SecretFields.hidden(in: value).document
        let isCut = text.utf8.count > Self.shownBytes
        self = .text(isCut ? Self.beginning(of: text) : text, isCut: isCut)
    }

    private static func beginning(of text: String) -> String {
        let end = text.utf8.index(text.startIndex, offsetBy: shownBytes)
        return String(text[..<(text[..<end].lastIndex(of: "\n") ?? end)])
    }
}

extension EventMask {
    /// Whether a body may be shown. What names no repository may be about a private one.
    fileprivate func shows(_ body: JSONValue, of repository: RepositoryName?, from source: Source) -> Bool {
        if showsPrivate { return true }
        if body.saysPrivate { return false }
        switch repository {
        case .known: return true
        case .hidden: return false
        // The name of Copr's project reveals none.
        case .unknown: return source == .copr || !directory.hidesAny
        case nil: return body["repository"]?["private"] == .bool(false) || !directory.hidesAny
        }
    }
}

extension JSONValue {
    /// Whether any object in it says that it is private.
    fileprivate var saysPrivate: Bool {
        switch self {
        case .object(let members):
            members.contains { $0.key == "private" && $0.value == .bool(true) || $0.value.saysPrivate }
        case .array(let elements): elements.contains(where: \.saysPrivate)
        default: false
        }
    }
}
