/// Finds a login, or the names of repositories, in texts of any kind: JSON, forms, addresses.
///
/// Case is ignored, as on GitHub. A name counts only where it stands alone: `acme/rocket` is not in
/// `acme/rocket-engine`.
public struct NameSearch: Sendable {
    private let patterns: [Pattern]
    /// Whether a pattern begins with this byte.
    private let isBeginning: [Bool]

    fileprivate struct Pattern {
        enum Kind {
            case login
            /// `owner/name`.
            case repository
            /// `owner-name`, as Copr's projects begin. A number or one of these words follows.
            case project(endings: [[UInt8]])
        }

        let bytes: [UInt8]
        let kind: Kind
    }

    /// - Parameters:
    ///   - login: an account.
    ///   - repositories: `owner/name`.
    ///   - refs: the branches and tags that may follow a repository's name in the name of a Copr project.
    public init(login: String? = nil, repositories: [String], refs: [String] = []) {
        let endings = (refs + ["main", "master", "releases"]).map {
            Array(CoprProject.normalized($0).lowercased().utf8)
        }
        var patterns = repositories.flatMap { name in
            [
                Pattern(bytes: Array(name.lowercased().utf8), kind: .repository),
                Pattern(bytes: Array(CoprProject.slug(name).lowercased().utf8), kind: .project(endings: endings)),
            ]
        }
        if let login { patterns.append(Pattern(bytes: Array(login.lowercased().utf8), kind: .login)) }
        self.patterns = patterns.filter { !$0.bytes.isEmpty }
        var isBeginning = [Bool](repeating: false, count: 256)
        for pattern in self.patterns { isBeginning[Int(pattern.bytes[0])] = true }
        self.isBeginning = isBeginning
    }

    /// Whether a name is in a body, as JSON or as a form.
    public func isIn(body: [UInt8]) -> Bool { firstName(in: Self.decoded(body), from: 0) != nil }

    /// Whether a name is in plain text.
    public func isIn(_ text: String) -> Bool { firstName(in: Self.lowercased(text.utf8), from: 0) != nil }

    /// The text with each name replaced.
    public func replacing(in text: String, by substitute: String) -> String {
        let original = Array(text.utf8)
        let searched = Self.lowercased(original)
        var result: [UInt8] = []
        var position = 0
        while let found = firstName(in: searched, from: position) {
            result += original[position..<found.lowerBound] + substitute.utf8
            position = found.upperBound
        }
        return String(decoding: result + original[position...], as: UTF8.self)
    }

    private func firstName(in text: [UInt8], from start: Int) -> Range<Int>? {
        text.withUnsafeBufferPointer { text in
            isBeginning.withUnsafeBufferPointer { isBeginning in
                for place in start..<max(start, text.count) where isBeginning[Int(text[place])] {
                    for pattern in patterns where pattern.isIn(text, at: place) {
                        return place..<(place + pattern.bytes.count)
                    }
                }
                return nil
            }
        }
    }

    // MARK: - Texts

    private static func lowercased(_ bytes: some Collection<UInt8>) -> [UInt8] {
        bytes.map { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 ? $0 | 0x20 : $0 }
    }

    /// Lower-case, with the escapes of JSON and of forms resolved: those of ASCII characters to these, others to
    /// spaces.
    private static func decoded(_ body: [UInt8]) -> [UInt8] {
        body.withUnsafeBufferPointer { body in
            [UInt8](unsafeUninitializedCapacity: body.count) { target, count in
                var place = 0
                while place < body.count {
                    let (byte, length) = character(of: body, at: place)
                    target[count] = UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte ? byte | 0x20 : byte
                    count += 1
                    place += length
                }
            }
        }
    }

    private static func character(of body: UnsafeBufferPointer<UInt8>, at place: Int) -> (byte: UInt8, length: Int) {
        switch body[place] {
        case UInt8(ascii: "\\") where place + 1 < body.count:
            switch body[place + 1] {
            case UInt8(ascii: "u"):
                guard let code = number(of: body, at: place + 2, digits: 4) else { break }
                return (code < 0x80 ? UInt8(code) : UInt8(ascii: " "), 6)
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return (body[place + 1], 2)
            default: return (UInt8(ascii: " "), 2)
            }
        case UInt8(ascii: "%"):
            guard let code = number(of: body, at: place + 1, digits: 2) else { break }
            return (UInt8(code), 3)
        default: break
        }
        return (body[place], 1)
    }

    private static func number(of body: UnsafeBufferPointer<UInt8>, at place: Int, digits: Int) -> Int? {
        guard place + digits <= body.count else { return nil }
        var value = 0
        for byte in body[place..<(place + digits)] {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | Int(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | Int(byte - UInt8(ascii: "a") + 10)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | Int(byte - UInt8(ascii: "A") + 10)
            default: return nil
            }
        }
        return value
    }
}

extension NameSearch.Pattern {
    fileprivate func isIn(_ text: UnsafeBufferPointer<UInt8>, at place: Int) -> Bool {
        let end = place + bytes.count
        guard Self.has(bytes, text, at: place) else { return false }
        let before = place > 0 ? text[place - 1] : nil
        return switch kind {
        case .login: !Self.isOfLogin(before) && isLoginOver(text, at: end)
        case .repository: !Self.isOfName(before) && Self.isNameOver(text, at: end)
        case .project(let endings): !Self.isOfName(before) && Self.isProject(text, at: end, endings)
        }
    }

    /// GitHub names branches that it makes for an account `LOGIN-patch-1`.
    private func isLoginOver(_ text: UnsafeBufferPointer<UInt8>, at end: Int) -> Bool {
        guard end < text.count, Self.isOfLogin(text[end]) else { return true }
        return Self.has(Array("-patch-".utf8), text, at: end)
    }

    /// A dot ends a name before the end of a sentence, and in `acme/rocket.git`.
    private static func isNameOver(_ text: UnsafeBufferPointer<UInt8>, at end: Int) -> Bool {
        guard end < text.count, text[end] == UInt8(ascii: ".") else {
            return end >= text.count || !isOfName(text[end])
        }
        let next = end + 1 < text.count ? text[end + 1] : nil
        return !isOfName(next) || ["git", "diff", "patch"].contains { has(Array($0.utf8), text, at: end + 1) }
    }

    private static func isProject(_ text: UnsafeBufferPointer<UInt8>, at end: Int, _ endings: [[UInt8]]) -> Bool {
        guard end + 1 < text.count, text[end] == UInt8(ascii: "-") else { return false }
        let digits = text[(end + 1)...].prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
        if !digits.isEmpty, isWordOver(text, at: digits.endIndex) { return true }
        return endings.contains { has($0, text, at: end + 1) && isWordOver(text, at: end + 1 + $0.count) }
    }

    private static func isWordOver(_ text: UnsafeBufferPointer<UInt8>, at end: Int) -> Bool {
        end >= text.count || text[end] == UInt8(ascii: "-") || !isOfName(text[end])
    }

    private static func has(_ bytes: [UInt8], _ text: UnsafeBufferPointer<UInt8>, at place: Int) -> Bool {
        guard place + bytes.count <= text.count else { return false }
        for index in bytes.indices where text[place + index] != bytes[index] { return false }
        return true
    }

    /// Whether a byte may be part of an account's name. Texts are lower-case here.
    private static func isOfLogin(_ byte: UInt8?) -> Bool {
        guard let byte else { return false }
        return switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
    }

    private static func isOfName(_ byte: UInt8?) -> Bool { isOfLogin(byte) || byte == UInt8(ascii: ".") }
}
