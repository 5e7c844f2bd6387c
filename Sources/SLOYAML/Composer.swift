/// Composes events to nodes.
struct Composer {
    /// More than any configuration needs, and small enough for the stack.
    static let deepest = 32
    /// Counted with expanded aliases: aliases of lists of aliases multiply.
    static let mostNodes = 100_000

    private struct Anchored {
        let node: YAMLNode
        let size: Int
        let height: Int
    }

    private let events: EventReader
    private var anchors: [String: Anchored] = [:]
    private var size = 0
    private var path: [String] = []

    init(events: EventReader) {
        self.events = events
    }

    mutating func documents() throws(YAMLError) -> [YAMLNode] {
        var documents: [YAMLNode] = []
        while case .documentStart = try events.next().event {
            anchors = [:]
            documents.append(try node(at: events.next(), depth: 0))
            _ = try events.next()
        }
        return documents
    }

    private mutating func node(at place: (event: Event, line: Int), depth: Int) throws(YAMLError) -> YAMLNode {
        let line = place.line
        guard depth <= Self.deepest else { throw YAMLError(reason: .tooDeep, line: line) }
        let before = size
        try grow(by: 1, line: line)
        switch place.event {
        case .alias(let name):
            guard let anchored = anchors[name] else { throw YAMLError(reason: .unknownAlias, line: line) }
            try grow(by: anchored.size, line: line)
            guard depth + anchored.height <= Self.deepest else { throw YAMLError(reason: .tooDeep, line: line) }
            return anchored.node
        case .scalar(let text, let isPlain, let anchor):
            return keep(YAMLNode(content: .scalar(text), isPlain: isPlain, line: line), anchor, since: before)
        case .sequenceStart(let anchor):
            let nodes = try sequence(depth: depth)
            return keep(YAMLNode(content: .sequence(nodes), isPlain: false, line: line), anchor, since: before)
        case .mappingStart(let anchor):
            let members = try mapping(depth: depth)
            return keep(YAMLNode(content: .mapping(members), isPlain: false, line: line), anchor, since: before)
        case .documentStart, .end, .streamEnd:
            throw YAMLError(reason: .syntax("did not find an expected node"), line: line)
        }
    }

    private mutating func sequence(depth: Int) throws(YAMLError) -> [YAMLNode] {
        var nodes: [YAMLNode] = []
        while let place = try nextInside() { nodes.append(try node(at: place, depth: depth + 1)) }
        return nodes
    }

    private mutating func mapping(depth: Int) throws(YAMLError) -> [YAMLMember] {
        var members: [YAMLMember] = []
        var lines: [String: Int] = [:]
        while let place = try nextInside() {
            let key = try key(at: place)
            path.append(key)
            if let firstLine = lines[key] {
                throw YAMLError(reason: .doubledKey(path, firstLine: firstLine), line: place.line)
            }
            lines[key] = place.line
            let value = try node(at: events.next(), depth: depth + 1)
            members.append(YAMLMember(key: key, value: value, line: place.line))
            path.removeLast()
        }
        return members
    }

    private mutating func key(at place: (event: Event, line: Int)) throws(YAMLError) -> String {
        switch place.event {
        case .sequenceStart, .mappingStart: throw YAMLError(reason: .keyIsNoWord, line: place.line)
        default:
            guard let text = try node(at: place, depth: 0).text else {
                throw YAMLError(reason: .keyIsNoWord, line: place.line)
            }
            return text
        }
    }

    /// - Returns: `nil` at the end of the sequence or mapping.
    private func nextInside() throws(YAMLError) -> (event: Event, line: Int)? {
        let place = try events.next()
        if case .end = place.event { return nil }
        return place
    }

    private mutating func keep(_ node: YAMLNode, _ anchor: String?, since before: Int) -> YAMLNode {
        if let anchor { anchors[anchor] = Anchored(node: node, size: size - before, height: node.height) }
        return node
    }

    private mutating func grow(by count: Int, line: Int) throws(YAMLError) {
        size += count
        guard size <= Self.mostNodes else { throw YAMLError(reason: .tooLarge, line: line) }
    }
}

extension YAMLNode {
    /// The number of levels below it.
    fileprivate var height: Int {
        switch content {
        case .scalar: 0
        case .sequence(let nodes): 1 + (nodes.map(\.height).max() ?? 0)
        case .mapping(let members): 1 + (members.map(\.value.height).max() ?? 0)
        }
    }
}
