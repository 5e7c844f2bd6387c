import HeapModule
public import SLOCore
public import SLOSources

/// A small world that was never there: some repositories, their pull requests, and what GitHub, Copr and Testing Farm
/// send of them. Its deliveries come in order of receipt, and do not end; the same end and seed give the same ones.
///
/// Memory holds what is still to come of the pull requests that have begun.
public struct DemoWorld: Sequence, IteratorProtocol, Sendable {
    /// The first delivery is received after it.
    public let begins: Timestamp
    public let incidents: DemoIncidents
    private var random: DemoRandom
    private var nextStory: Timestamp
    /// When something comes that is not about Packit.
    private var nextOther: Timestamp
    private var pending = Heap<Pending>()
    private var repositories = DemoRepository.all
    private var count = 0

    /// - Parameter now: the present time, for which the incidents are arranged.
    public init(endingAt now: Timestamp, days: Int64 = 28, seed: UInt64 = 7) {
        begins = now - .days(days)
        incidents = DemoIncidents(before: now)
        random = DemoRandom(seed: seed)
        nextStory = begins
        nextOther = begins
    }

    public mutating func next() -> ReceivedDelivery? {
        while Swift.min(nextStory, nextOther) <= pending.min?.delivery.receivedAt ?? nextStory {
            if nextOther <= nextStory { addOthers() } else { beginStory() }
        }
        return pending.popMin()?.delivery
    }

    /// What each source sends of others' work. Without it, a quiet night would look like an outage.
    private mutating func addOthers() {
        nextOther = nextOther + .seconds(600 + Int64(random.number(below: 600)))
        let repository = repositories[random.number(below: repositories.count)]
        add(of: repository, beginning: nextOther) { $0.tellOfOthers() }
    }

    private mutating func add(
        of repository: DemoRepository, beginning time: Timestamp, _ tell: (inout DemoStory) -> Void
    ) {
        var story = DemoStory(of: repository, beginning: time, under: incidents, random: random)
        tell(&story)
        random = story.random
        for delivery in story.deliveries {
            count += 1
            pending.insert(Pending(delivery: delivery, number: count))
        }
    }

    /// Comes to the next beginning of a pull request, or an hour further.
    private mutating func beginStory() {
        let wait = random.wait(at: incidents.storiesPerHour(at: nextStory))
        guard wait <= .hours(1) else {
            nextStory = nextStory + .hours(1)
            return
        }
        nextStory = nextStory + wait
        let place = random.number(below: repositories.count)
        repositories[place].pullRequests += 1
        add(of: repositories[place], beginning: nextStory) { $0.tell() }
    }

    private struct Pending: Comparable {
        let delivery: ReceivedDelivery
        let number: Int

        static func < (left: Pending, right: Pending) -> Bool {
            (left.delivery.receivedAt, left.number) < (right.delivery.receivedAt, right.number)
        }

        static func == (left: Pending, right: Pending) -> Bool { left.number == right.number }
    }
}

/// A repository that has Packit build and test its pull requests.
struct DemoRepository {
    let id: Int64
    let owner: String
    let name: String
    let chroots: [String]
    /// Those of the chroots in which tests run.
    let tested: [String]
    var pullRequests: Int

    var fullName: String { "\(owner)/\(name)" }

    static let all = [
        DemoRepository(1, "fennel/sprocket", [rawhide, fedora, bigEndian], tested: [rawhide], after: 410),
        DemoRepository(2, "fennel/bellows", [rawhide, fedora], tested: [rawhide, fedora], after: 88),
        DemoRepository(3, "thistle/lantern", [fedora, arm, bigEndian], tested: [fedora], after: 1207),
        DemoRepository(4, "thistle/loom", [fedora, enterprise], tested: [], after: 56),
        DemoRepository(5, "burdock/anvil", [rawhide, arm], tested: [rawhide], after: 302),
        DemoRepository(6, "sorrel/compass", [rawhide, fedora, enterprise], tested: [fedora], after: 19),
    ]

    private static let rawhide = "fedora-rawhide-x86_64"
    private static let fedora = "fedora-43-x86_64"
    private static let arm = "fedora-43-aarch64"
    private static let bigEndian = "fedora-rawhide-s390x"
    private static let enterprise = "epel-9-x86_64"

    private init(_ id: Int64, _ fullName: String, _ chroots: [String], tested: [String], after last: Int) {
        let words = fullName.split(separator: "/").map(String.init)
        self.id = 700_000_000 + id
        (owner, name) = (words[0], words[1])
        self.chroots = chroots
        self.tested = tested
        pullRequests = last
    }
}
