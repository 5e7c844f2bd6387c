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
    /// Of these, none can be told from another by the names of its Copr projects.
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
        id = 484_000_000 + Int64(index) * 7
        fullName =
            shape.collides && index < Self.collidingNames.count
            ? Self.collidingNames[index] : "\(random.pick(Self.owners))/project-\(index)"
        renamedAt = odd(.renamed) ? begins + random.whole(0...span) : nil
        laterName = random.chance(0.5) ? "moved/project-\(index)" : fullName + "-1"
        isPrivate = random.chance(0.1)
        chroots = Self.chroots(of: shape, &random)
        identifiers = odd(.identifier) ? random.pick([[nil, "1"], ["el"], ["one", "other/one"]]) : [nil]
        isTested = !odd(.untested)
        mirrorsBuilds = !odd(.unmirrored)
        naming = odd(.templatedName) ? random.pick([.withChroot, .withoutChroot]) : .plain
        customProject =
            odd(.customProject)
            ? random.pick([("@group", "nightly"), ("packit", "a-b-c-1"), ("packit", "fennel-project-0-1")]) : nil
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
