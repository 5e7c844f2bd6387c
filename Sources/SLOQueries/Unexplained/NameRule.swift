public import SLOCore
import SLOJSON

/// A rule that would classify a check's name, as a rule file has it (docs/rules.md).
public struct NameRule: Hashable, Sendable {
    public enum Pattern: Hashable, Sendable {
        /// The first part of a name such as `my-build:fedora-rawhide-x86_64`.
        case job(String)
        /// A name of another form, with `{chroot}` in the place of its chroot.
        case template(String)
    }

    public let pattern: Pattern
    public let subject: CheckName.Subject

    public init(_ pattern: Pattern, subject: CheckName.Subject) {
        self.pattern = pattern
        self.subject = subject
    }

    /// A rule file of two lines.
    public var yaml: String {
        let (key, text) =
            switch pattern {
            case .job(let job): ("job", job)
            case .template(let template): ("template", template)
            }
        var quoted: [UInt8] = []
        quoted.append(jsonString: text)
        return "names:\n  - {\(key): \(String(decoding: quoted, as: UTF8.self)), subject: \(subject.rawValue)}\n"
    }
}

extension NameRule.Pattern {
    /// Longer names match no template, and the journal has only their beginning.
    private static let longestName = 256
    /// A job, and its event, target and identifier: with more parts, a rule for the job may leave it open which is
    /// which.
    private static let mostParts = 3

    /// The pattern of names like this one, which differ from it in their chroot alone; `nil` if no rule can match it.
    init?(_ name: CheckName) {
        guard !name.text.isEmpty, name.text.utf8.count <= Self.longestName else { return nil }
        let parts = name.text.split(separator: ":", omittingEmptySubsequences: false)
        if parts.count <= Self.mostParts, parts.allSatisfy(Self.isPart) {
            self = .job(String(parts[0]))
            return
        }
        // A brace would begin a field.
        func literal(_ text: Substring) -> String { String(text.map { "{}".contains($0) ? "*" : $0 }) }
        guard let chroot = name.chroot.flatMap({ name.text.firstRange(of: $0) }) else {
            self = .template(literal(name.text[...]))
            return
        }
        self = .template(
            literal(name.text[..<chroot.lowerBound]) + "{chroot}" + literal(name.text[chroot.upperBound...]))
    }

    private static func isPart(_ text: Substring) -> Bool {
        !text.isEmpty && !text.utf8.contains { $0 <= UInt8(ascii: " ") || $0 == 0x7f }
    }
}

extension CheckName.Subject {
    /// What a check of an unknown name is most likely about, by its title and its links.
    init(guessedFrom status: StatusReported) {
        switch status.job?.job {
        case .testingFarm: self = .testRun
        case .copr, .srpm: self = .build
        case .other, nil:
            if status.requestID != nil || status.asBuild == .unclear && status.asTestRun != .unclear {
                self = .testRun
            } else {
                self = status.asBuild == .unclear ? .other : .build
            }
        }
    }
}
