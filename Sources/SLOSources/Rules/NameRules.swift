internal import SLOCore

/// Parses the names of checks (`job[:event][:target][:identifier]`) and finds what they stand for (docs/counting.md,
/// rule 30).
struct NameRules: Sendable {
    struct Meaning: Sendable {
        let subject: CheckName.Subject
        /// Of the subject `job`.
        let jobKind: JobKind?
    }

    struct Template: Sendable {
        let template: NameTemplate
        let meaning: Meaning
    }

    /// By the first part of a name.
    var jobs: [String: Meaning] = [:]
    /// For names from templates that Packit's users chose. The first match counts.
    var templates: [Template] = []
    /// The known last parts of chroots. They decide if a name can be parsed in two ways.
    var architectures: [String] = []
    /// Targets other than chroots, such as branches of dist-git.
    var targets: [TextPattern] = []

    /// Longer names are not matched with templates, because the time for it grows with their length.
    private static let longestName = 256

    func parse(_ text: String) -> CheckName {
        if let name = parseParts(text) { return name }
        guard text.utf8.count <= Self.longestName else { return CheckName(text: text, subject: .unknown) }
        return parseTemplated(text) ?? CheckName(text: text, subject: .unknown, chroot: onlyChroot(in: text))
    }

    // MARK: - Built-in names

    /// A name that has the built-in form completely; `nil` for any other, which comes from a template.
    private func parseParts(_ text: String) -> CheckName? {
        let parts = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
            .map { String(Substring($0)) }
        guard let meaning = jobs[parts[0]], parts.dropFirst().allSatisfy(isPart) else { return nil }
        let readings = readings(of: Array(parts.dropFirst()), meaning.subject)
        guard let preferred = readings.first else { return nil }
        let other = readings.count > 1 ? readings[1] : nil
        return CheckName(
            text: text, subject: meaning.subject, event: preferred.reading.event, chroot: preferred.reading.chroot,
            identifier: preferred.reading.identifier,
            alternative: other.map { .init($0.reading, isOutweighed: preferred.rank > $0.rank) },
            jobKind: meaning.jobKind)
    }

    /// No branch, target or identifier is empty, and none contains spaces.
    private func isPart(_ text: String) -> Bool {
        !text.isEmpty && !text.utf8.contains { $0 <= UInt8(ascii: " ") || $0 == 0x7f }
    }

    private struct Candidate {
        let reading: CheckName.Reading
        let rank: Int
    }

    /// How likely a part is a target.
    private enum Rank {
        static let none = 0
        static let shape = 1
        static let known = 2
    }

    /// The possible readings of the parts after the job, the preferred one first: as a pull request's, which begin with
    /// the target, or a push's, which begin with the branch or tag. A part that looks like a target decides, if only
    /// one does.
    private func readings(of parts: [String], _ subject: CheckName.Subject) -> [Candidate] {
        guard !parts.isEmpty else { return [Candidate(reading: .init(), rank: Rank.none)] }
        let ranks = ranks(of: Array(parts.prefix(2)), subject)
        let ofPullRequest = Candidate(reading: reading(parts, target: 0), rank: ranks[0])
        guard parts.count > 1 else { return [ofPullRequest] }
        let ofPush = Candidate(reading: reading(parts, target: 1), rank: ranks[1])
        if parts.count > 3, ofPullRequest.rank == Rank.none, ofPush.rank == Rank.none { return [] }
        if ofPullRequest.rank > Rank.none, ofPush.rank == Rank.none { return [ofPullRequest] }
        if ofPush.rank > Rank.none, ofPullRequest.rank == Rank.none { return [ofPush] }
        return ofPush.rank > ofPullRequest.rank ? [ofPush, ofPullRequest] : [ofPullRequest, ofPush]
    }

    private func reading(_ parts: [String], target: Int) -> CheckName.Reading {
        let rest = parts[(target + 1)...].joined(separator: ":")
        return CheckName.Reading(
            event: target > 0 ? parts[0] : nil, chroot: isChroot(parts[target].utf8) ? parts[target] : nil,
            identifier: rest.isEmpty ? nil : rest)
    }

    /// Builds and tests have chroots as targets: other targets count only if there is no chroot.
    private func ranks(of parts: [String], _ subject: CheckName.Subject) -> [Int] {
        let asChroots = parts.map { part in
            hasKnownArchitecture(part.utf8) ? Rank.known : isChroot(part.utf8) ? Rank.shape : Rank.none
        }
        guard [.job, .other].contains(subject) || asChroots.allSatisfy({ $0 == Rank.none }) else { return asChroots }
        return zip(parts, asChroots).map { part, rank in
            targets.contains { $0.matches(part) } ? Rank.known : rank
        }
    }

    // MARK: - Chroots

    /// `fedora-rawhide-x86_64`: two parts and an architecture, which may be unknown, separated by dashes.
    func isChroot(_ text: some BidirectionalCollection<UInt8>) -> Bool {
        var (dashes, isWordEmpty) = (0, true)
        for byte in text {
            guard byte == UInt8(ascii: "-") else {
                isWordEmpty = false
                continue
            }
            if isWordEmpty { return false }
            dashes += 1
            isWordEmpty = true
        }
        return dashes >= 2 && !isWordEmpty
    }

    /// A chroot that ends with a known architecture.
    private func hasKnownArchitecture(_ text: some BidirectionalCollection<UInt8>) -> Bool {
        guard let dash = text.lastIndex(of: UInt8(ascii: "-")) else { return false }
        let last = text[text.index(after: dash)...]
        return architectures.contains { last.elementsEqual($0.utf8) } && isChroot(text)
    }

    // MARK: - Templates

    private func parseTemplated(_ text: String) -> CheckName? {
        guard !templates.isEmpty else { return nil }
        let name = Array(text.utf8)
        let chroots = chroots(in: name)
        for rule in templates {
            guard let fields = rule.template.match(name, chroots: chroots) else { continue }
            return CheckName(
                text: text, subject: rule.meaning.subject, event: fields[.event],
                chroot: fields[.chroot] ?? onlyChroot(in: text), identifier: fields[.identifier],
                jobKind: rule.meaning.jobKind)
        }
        return nil
    }

    /// A word with more dashes than this is not searched for chroots.
    private static let mostDashes = 16

    /// The parts of a name's words that may be chroots: first those with a known architecture, the shorter ones first;
    /// then others, the longer ones first.
    private func chroots(in name: [UInt8]) -> [Range<Int>] {
        let chroots = Self.words(of: name[...]).flatMap { word -> [Range<Int>] in
            let dashes = word.indices.filter { word[$0] == UInt8(ascii: "-") }
            guard dashes.count <= Self.mostDashes else { return [] }
            let starts = [word.startIndex] + dashes.map { $0 + 1 }
            let ends = dashes + [word.endIndex]
            return starts.flatMap { start in ends.filter { $0 > start }.map { start..<$0 } }
                .filter { isChroot(name[$0]) }
        }
        let known = chroots.filter { hasKnownArchitecture(name[$0]) }
        let others = chroots.filter { !hasKnownArchitecture(name[$0]) }
        return known.sorted { $0.count < $1.count } + others.sorted { $0.count > $1.count }
    }

    /// The chroot in a name that matches no rule, if there is exactly one, or exactly one with a known architecture.
    private func onlyChroot(in text: String) -> String? {
        let chroots = Self.words(of: Array(text.utf8)[...]).filter { isChroot($0) }
        let known = chroots.filter { hasKnownArchitecture($0) }
        let best = known.isEmpty ? chroots : known
        return best.count == 1 ? best.first.map { String(decoding: $0, as: UTF8.self) } : nil
    }

    /// Splits a name at characters that no chroot contains.
    private static func words(of name: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        name.split { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
                UInt8(ascii: "+"):
                false
            default: true
            }
        }
    }
}
