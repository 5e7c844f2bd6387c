internal import SLOCore

extension World {
    init(_ shape: HistoryShape, begins: Int64, span: Int64, random: inout SeededGenerator, tally: inout OddityTally) {
        places = []
        for index in 0..<shape.repositories {
            places.append(
                Place(shape, index: index, begins: begins, span: span, random: &random, tally: &tally))
        }
    }
}

extension Place {
    private static let distributions = [
        "fedora-rawhide", "fedora-42", "fedora-43", "epel-9", "centos-stream-10", "opensuse-tumbleweed",
    ]
    private static let architectures = ["x86_64", "aarch64", "ppc64le", "s390x"]
    /// Targets with an unusual architecture, and an image.
    private static let oddTargets = [
        "alma-kitten+epel-10-x86_64_v2", "fedora-42-loongarch64", "OL8.7-x86_64-HVM-2023-03-07",
        "fedora-42-x86_64",
    ]
    /// Names whose Copr projects cannot be distinguished.
    private static let collidingNames = ["a-b/c", "a/b-c", "a/b-c-1", "a-b/c-1", "a/b"]
    private static let owners = ["fennel", "mallow", "Sorrel", "dill-weed", "chervil", "lovage"]

    fileprivate init(
        _ shape: HistoryShape, index: Int, begins: Int64, span: Int64, random: inout SeededGenerator,
        tally: inout OddityTally
    ) {
        func odd(_ oddity: Oddity) -> Bool {
            let isSo = random.chance(shape[oddity])
            if isSo { tally.note(oddity) }
            return isSo
        }
        id = RepositoryID(stored: 484_000_000 + Int64(index) * 7)
        fullName =
            shape.collides && index < Self.collidingNames.count
            ? Self.collidingNames[index] : "\(random.pick(Self.owners))/project-\(index)"
        var renamings: [(at: Int64, name: String)] = []
        if odd(.renamed) {
            let name = random.chance(0.5) ? "moved/project-\(index)" : fullName + "-1"
            renamings.append((begins + random.whole(0...span), name))
        }
        if let last = renamings.last, odd(.renamedAgain) {
            // The former name, or one of another repository.
            let name = random.pick([fullName, "moved/project-\(index + 1)", Self.collidingNames[0]])
            renamings.append((last.at + random.magnitude(1...span), name))
        }
        self.renamings = renamings
        isDated = shape.tellsMore
        let isPrivate = random.chance(0.1)
        let private0 = begins + random.whole(0...span)
        privateTimes =
            odd(.privateForAWhile)
            ? private0...(private0 + random.magnitude(1...span)) : isPrivate ? 0...Int64.max : nil
        let isOdd = odd(.oddTarget)
        chroots = isOdd ? [random.pick(Self.oddTargets)] : Self.chroots(of: shape, &random)
        identifiers =
            odd(.ambiguousName)
            ? [random.pick(Self.oddTargets)]
            : isOdd && random.chance(0.5)
                ? ["tier1"] : odd(.identifier) ? random.pick([[nil, "1"], ["el"], ["one", "other/one"]]) : [nil]
        isTested = !odd(.untested)
        mirrorsBuilds = !odd(.unmirrored)
        naming =
            odd(.templateLikeBuiltIn)
            ? .likeBuiltIn
            : odd(.templatedTests)
                ? .plainBuilds : odd(.templatedName) ? random.pick([.withChroot, .withoutChroot]) : .plain
        packages = odd(.sideBySide) ? 2 : 1
        customProject =
            odd(.customProject)
            ? random.pick([
                ("@group", "nightly"), ("packit", "a-b-c-1"), ("packit", "fennel-project-0-1"), ("packit", "copr"),
            ]) : nil
        lastNumber = shape.collides ? 0 : Int(random.whole(0...3000))
    }

    private static func chroots(of shape: HistoryShape, _ random: inout SeededGenerator) -> [String] {
        var chroots: [String] = []
        let known = shape.collides ? Array(distributions.prefix(2)) : distributions
        for _ in 0..<random.whole(1...Int64(max(1, shape.chroots))) {
            let isUsual = shape.collides || random.chance(0.7)
            let chroot = "\(random.pick(known))-\(isUsual ? "x86_64" : random.pick(architectures))"
            if !chroots.contains(chroot) { chroots.append(chroot) }
        }
        return chroots
    }
}
