/// A name template as `status_name_template` of Packit's configuration defines it: `{job_name}`, `{chroot}`, `{event}`,
/// `{identifier}` and `{package}` are replaced by Packit; `*` matches anything.
struct NameTemplate: Sendable, Hashable {
    enum Part: Hashable, Sendable {
        case text([UInt8])
        case field(Field)
        case anything
    }

    enum Field: String, CaseIterable, Hashable, Sendable {
        case jobName = "job_name"
        case chroot
        case event
        case identifier
        case package
    }

    let parts: [Part]

    /// Matching recurses once per part. No check's name is as long as this.
    private static let longestTemplate = 1024

    /// - Throws: a sentence, for an unclosed brace, an unknown field, or too long a text.
    init(_ text: String) throws(TemplateProblem) {
        guard text.utf8.count <= Self.longestTemplate else {
            throw TemplateProblem(message: "it is longer than \(Self.longestTemplate) bytes")
        }
        var parts: [Part] = []
        var literal: [UInt8] = []
        var rest = text.utf8[...]
        func flushed() -> [Part] { literal.isEmpty ? [] : [.text(literal)] }
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "*"):
                parts += flushed() + [.anything]
                literal = []
            case UInt8(ascii: "{"):
                guard let end = rest.firstIndex(of: UInt8(ascii: "}")) else {
                    throw TemplateProblem(message: "`{` is not closed")
                }
                let name = String(rest[..<end]) ?? ""
                guard let field = Field(rawValue: name) else {
                    let known = Field.allCases.map(\.rawValue).joined(separator: ", ")
                    throw TemplateProblem(message: "unknown field `{\(name)}`; known are \(known)")
                }
                parts += flushed() + [.field(field)]
                literal = []
                rest = rest[rest.index(after: end)...]
            default:
                literal.append(byte)
            }
        }
        self.parts = parts + flushed()
    }

    /// The values of the fields if the whole name matches. Of several matches, the one whose first fields are shortest.
    /// - Parameter chroots: the parts of the name that may be the `{chroot}`, the shorter ones first.
    func match(_ name: [UInt8], chroots: [Range<Int>]) -> [Field: String]? {
        var search = Search(parts: parts, name: name, chroots: chroots)
        guard search.fits(part: 0, position: 0) else { return nil }
        return search.found.mapValues { String(decoding: name[$0], as: UTF8.self) }
    }

    /// Tries the parts from the left and remembers failures, so that the time is at most the number of parts times the
    /// square of the name's length.
    private struct Search {
        private let parts: [Part]
        private let name: [UInt8]
        private let chroots: [Range<Int>]
        private(set) var found: [Field: Range<Int>] = [:]
        /// For each part and position, whether matching from there is known to fail.
        private var deadEnds: [Bool]

        init(parts: [Part], name: [UInt8], chroots: [Range<Int>]) {
            self.parts = parts
            self.name = name
            self.chroots = chroots
            deadEnds = Array(repeating: false, count: parts.count * (name.count + 1))
        }

        mutating func fits(part: Int, position: Int) -> Bool {
            guard part < parts.count else { return position == name.count }
            let place = part * (name.count + 1) + position
            if deadEnds[place] { return false }
            if continues(part: part, position: position) { return true }
            deadEnds[place] = true
            return false
        }

        private mutating func continues(part: Int, position: Int) -> Bool {
            switch parts[part] {
            case .text(let text):
                return name[position...].starts(with: text) && fits(part: part + 1, position: position + text.count)
            case .anything:
                for end in position...name.count where fits(part: part + 1, position: end) { return true }
                return false
            case .field(.chroot):
                for chroot in chroots where chroot.lowerBound == position {
                    if fits(part: part + 1, position: chroot.upperBound) {
                        found[.chroot] = chroot
                        return true
                    }
                }
                return false
            case .field(let field):
                for end in (position + 1)..<(name.count + 1) where fits(part: part + 1, position: end) {
                    found[field] = position..<end
                    return true
                }
                return false
            }
        }
    }
}

struct TemplateProblem: Error {
    let message: String
}
