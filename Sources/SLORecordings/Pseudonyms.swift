/// Replaces names word by word, a word always by the same pseudonym.
///
/// A *word* is a text between dots, dashes, slashes and other punctuation. Because a name is renamed by its words,
/// names that consist of other names still match: the Copr project `owner-repo-342` of the pull request 342 in
/// `owner/repo` becomes `w1-w2-342`, and the repository `w1/w2`.
///
/// Not replaced: numbers, commit hashes and their prefixes in versions, and common words that decoding needs (chroots,
/// job names, Packit's own accounts). Pseudonyms are numbered in order of appearance, so they reveal nothing about the
/// words.
struct Pseudonyms {
    private var known: [Substring: String] = [:]
    private let kept: Set<Substring>

    init(keeping words: some Sequence<String>) {
        kept = Set(CommonWords.all.map { Substring($0) }).union(words.flatMap(Self.words))
    }

    /// The name with its words replaced.
    mutating func rename(_ name: String) -> String {
        var renamed = ""
        var rest = Substring(name)
        while let first = rest.unicodeScalars.first {
            let isWord = Self.isOfWord(first)
            let run = rest.unicodeScalars.prefix { Self.isOfWord($0) == isWord }
            renamed += isWord ? pseudonym(of: Substring(run)) : String(run)
            rest = rest[run.endIndex...]
        }
        return renamed
    }

    /// The name's words, without separators.
    static func words(_ name: String) -> [Substring] {
        name.unicodeScalars.split { !isOfWord($0) }.map { Substring($0) }
    }

    private mutating func pseudonym(of word: Substring) -> String {
        if isKept(word) { return String(word) }
        if let pseudonym = known[word] { return pseudonym }
        let pseudonym = "w\(known.count + 1)"
        known[word] = pseudonym
        return pseudonym
    }

    private func isKept(_ word: Substring) -> Bool {
        kept.contains(word) || word.utf8.allSatisfy(Self.isDigit) || Self.isCommit(word) || Self.isRelease(word)
            || Self.isOfVersion(word)
    }

    /// `gabc1234` and `pr12`: the commit and pull request in a build's version, which joins need.
    private static func isOfVersion(_ word: Substring) -> Bool {
        let commit = word.dropFirst()
        if word.first == "g", commit.utf8.count >= 7, commit.utf8.allSatisfy(isHexDigit) { return true }
        return word.hasPrefix("pr") && word.utf8.count > 2 && word.dropFirst(2).utf8.allSatisfy(isDigit)
    }

    /// A full commit hash, which joins need.
    private static func isCommit(_ word: Substring) -> Bool {
        [40, 64].contains(word.utf8.count) && word.utf8.allSatisfy(isHexDigit)
    }

    /// `f41`, `el9`, `epel10`, `fc41`, `c9s`: releases of distributions, in chroots and branches.
    private static func isRelease(_ word: Substring) -> Bool {
        let letters = word.prefix { $0.isLowercase && $0.isASCII }
        let digits = word.dropFirst(letters.count).prefix { $0.isASCII && $0.isNumber }
        let rest = word.dropFirst(letters.count + digits.count)
        return (1...2).contains(digits.count)
            && (["f", "el", "fc", "epel", "rhel"].contains(letters) && rest.isEmpty || letters == "c" && rest == "s")
    }

    /// Letters and digits, and everything that is not ASCII.
    private static func isOfWord(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value >= 0x80 || isDigit(UInt8(scalar.value))
            || ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}

/// Words that identify nobody and are part of many names.
private enum CommonWords {
    static let all = accounts + jobs + commands + links + chroots + branches + messages

    private static let accounts = ["packit", "stg", "prod", "dev", "as", "a", "service", "bot"]

    private static let jobs = [
        "rpm", "srpm", "build", "builds", "testing", "farm", "koji", "propose", "downstream", "pull", "from",
        "upstream", "vm", "image", "osh", "diff", "scan", "sync", "release", "releases", "production", "copr",
        "openscanhub",
    ]

    /// What people ask Packit for in comments, besides jobs.
    private static let commands = ["test", "tests", "retest", "rebuild", "failed", "help", "create", "update", "tag"]

    private static let links = [
        "http", "https", "github", "com", "api", "avatars", "avatars1", "avatars2", "avatars3", "avatars4",
        "githubusercontent", "u", "v", "dashboard", "packit", "artifacts", "io", "org", "fedoraproject",
        "fedorainfracloud", "copr", "coprs", "results", "jobs", "users", "repos", "orgs", "pulls", "pull", "issues",
        "comments", "commits", "commit", "statuses", "check", "runs", "suites", "git", "refs", "heads", "tags",
        "labels", "html", "www",
    ]

    private static let chroots = [
        "fedora", "rawhide", "eln", "epel", "centos", "stream", "next", "rhel", "opensuse", "leap", "tumbleweed",
        "mageia", "cauldron", "openmandriva", "cooker", "rolling", "openeuler", "amazonlinux", "oraclelinux", "custom",
        "latest", "stable", "branched", "development", "all", "x86", "aarch64", "ppc64le", "s390x", "i386", "i586",
        "i686", "armhfp", "armv7hl", "riscv64", "noarch", "Fedora", "Rawhide", "CentOS", "Stream", "RHEL",
    ]

    private static let branches = ["main", "master", "devel", "develop", "trunk"]

    private static let messages = [
        "prod", "start", "end", "chroot", "fedora", "messaging", "user", "schema", "severity", "message", "initiator",
        "null",
    ]
}
