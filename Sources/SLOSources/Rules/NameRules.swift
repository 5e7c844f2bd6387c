internal import SLOCore

/// Takes the names of checks apart (`job[:event][:target][:identifier]`) and says what they are of.
struct NameRules: Sendable {
    struct Template: Sendable {
        let template: NameTemplate
        let subject: CheckName.Subject
    }

    /// By the first part of a name.
    var jobs: [String: CheckName.Subject] = [:]
    /// For names that Packit's users chose. The first that fits counts.
    var templates: [Template] = []
    /// Ends of chroots, `-x86_64`.
    var architectures: [String] = []
    /// Targets that are no chroots, such as branches of dist-git.
    var targets: [TextPattern] = []

    /// Longer names are not taken apart: their work would grow with them.
    private static let longestName = 256

    func parse(_ text: String) -> CheckName {
        let job = text.utf8.firstIndex(of: UInt8(ascii: ":")).map { String(text[..<$0]) } ?? text
        if let subject = jobs[job] { return parseParts(text, subject: subject) }
        guard text.utf8.count <= Self.longestName else { return CheckName(text: text, subject: .unknown) }
        return parseTemplated(text) ?? CheckName(text: text, subject: .unknown, chroot: onlyChroot(in: text))
    }

    /// `fedora-rawhide-x86_64`: something, something, and an architecture, with dashes between.
    func isChroot(_ text: some BidirectionalCollection<UInt8>) -> Bool {
        architectures.contains { architecture in
            let suffix = architecture.utf8
            guard text.count > suffix.count + 1, text.suffix(suffix.count).elementsEqual(suffix) else { return false }
            let front = text.dropLast(suffix.count)
            guard front.last == UInt8(ascii: "-") else { return false }
            let distribution = front.dropLast()
            guard let dash = distribution.lastIndex(of: UInt8(ascii: "-")) else { return false }
            return distribution.startIndex < dash && distribution.index(after: dash) < distribution.endIndex
        }
    }

    /// What stands between the job and the chroot is the event, what stands behind it the identifier. Where no part is
    /// a chroot, a known target takes its place; else the first of several parts is the event.
    private func parseParts(_ text: String, subject: CheckName.Subject) -> CheckName {
        let parts = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
            .dropFirst().map { String(Substring($0)) }
        if let chroot = parts.firstIndex(where: { isChroot($0.utf8) }) {
            return CheckName(
                text: text, subject: subject, event: Self.joined(parts[..<chroot]), chroot: parts[chroot],
                identifier: Self.joined(parts[(chroot + 1)...]))
        }
        let target = parts.firstIndex { part in targets.contains { $0.matches(part) } } ?? (parts.count > 1 ? 1 : 0)
        guard target < parts.count else { return CheckName(text: text, subject: subject) }
        return CheckName(
            text: text, subject: subject, event: Self.joined(parts[..<target]),
            identifier: Self.joined(parts[(target + 1)...]))
    }

    private func parseTemplated(_ text: String) -> CheckName? {
        guard !templates.isEmpty else { return nil }
        let name = Array(text.utf8)
        let chroots = chroots(in: name)
        for rule in templates {
            guard let fields = rule.template.match(name, chroots: chroots) else { continue }
            return CheckName(
                text: text, subject: rule.subject, event: fields[.event],
                chroot: fields[.chroot] ?? onlyChroot(in: text), identifier: fields[.identifier])
        }
        return nil
    }

    /// All parts of a name that read like chroots, the shorter first.
    private func chroots(in name: [UInt8]) -> [Range<Int>] {
        var chroots: [Range<Int>] = []
        for end in name.indices.dropFirst().map({ $0 + 1 }) where isChroot(name[..<end]) {
            for start in name.indices.prefix(end) where isChroot(name[start..<end]) { chroots.append(start..<end) }
        }
        return chroots.sorted { $0.count < $1.count }
    }

    private static func joined(_ parts: ArraySlice<String>) -> String? {
        let text = parts.joined(separator: ":")
        return text.isEmpty ? nil : text
    }

    /// The chroot in a name that follows no rule, if there is exactly one.
    private func onlyChroot(in text: String) -> String? {
        let words = text.utf8.split { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
                UInt8(ascii: "+"):
                false
            default: true
            }
        }
        let chroots = words.filter { isChroot($0) }
        return chroots.count == 1 ? chroots.first.map { String(decoding: $0, as: UTF8.self) } : nil
    }
}
