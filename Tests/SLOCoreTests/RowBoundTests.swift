import LongComputations
import SLOCore
import Testing

/// docs/reliability.md: however much belongs together, no row that is stored of it grows beyond a bound, so that each
/// further delivery costs the same.
@Suite(.computes) struct RowBoundTests {
    /// Something that piles up in one place.
    struct Pile: CustomTestStringConvertible, Sendable {
        let name: String
        /// More than there is room for.
        let many: Int
        /// Adds the nth.
        let add: @Sendable (Int, inout World) -> Void

        var testDescription: String { name }

        init(_ name: String, many: Int = 600, _ add: @escaping @Sendable (Int, inout World) -> Void) {
            self.name = name
            self.many = many
            self.add = add
        }
    }

    @Test(arguments: piles) func noRowGrows(pile: Pile) {
        var world = World { $0.listedRepositories = ["acme/*"] }
        let most = largestRow(pile, 0..<pile.many, &world)
        // Numbers and times take a byte more now and then.
        #expect(largestRow(pile, pile.many..<pile.many * 3 / 2, &world) <= most + most / 16)
        #expect(most < 64 << 10)
    }

    /// The largest at any time, nearly: what goes when there is too much goes by the dozen.
    private func largestRow(_ pile: Pile, _ numbers: Range<Int>, _ world: inout World) -> Int {
        var largest = 0
        for number in numbers {
            pile.add(number, &world)
            if number % 8 == 7 { largest = max(largest, world.stored.values.map(\.count).max() ?? 0) }
        }
        return largest
    }

    private static let piles = [
        Pile("pushes of a pull request") { $1.push("sha-\(padded: $0)", at: Double($0), action: .synchronize) },
        Pile("reopenings of a pull request") { number, world in
            world.push(at: Double(number), action: .reopened)
            world.close(at: Double(number) + 0.5, head: "a")
        },
        Pile("comments of an App on a pull request") { $1.appComment(at: Double($0)) },
        Pile("pull requests of a commit", many: 1100) { $1.push(at: Double($0), number: $0 + 1) },
        Pile("pull requests of a commit that were closed", many: 1100) { number, world in
            world.push(at: Double(number), number: number + 1)
            world.close(at: Double(number) + 0.5, number: number + 1)
        },
        Pile("checks of a commit", many: 2100) { number, world in
            world.check(.build.with { $0.name = named("\(padded: number)") }, .accepted, at: Double(number))
        },
        Pile("events of a commit", many: 2100) { number, world in
            world.check(
                .build.with {
                    $0.name = named("\(padded: number % 50)"); $0.externalID = "\(padded: number)"
                },
                .accepted, at: Double(number))
        },
        Pile("events of a commit with names that no rule knows", many: 2100) { number, world in
            world.check(
                .build.with {
                    $0.name = CheckName(text: "build of \(padded: number)", subject: .unknown)
                    $0.externalID = "\(padded: number)"
                }, .accepted, at: Double(number))
        },
        Pile("states of a check, all of one run") { $1.check(.started, at: Double($0)) },
        Pile("states of a check, one to a run") { $1.check($0 % 2 == 0 ? .accepted : failure, at: Double($0)) },
        Pile("jobs of a check") { number, world in
            world.check(
                .build.with { $0.job = JobLink(job: .copr, id: Int64(1000 + number)) },
                number % 2 == 0 ? .started : failure, at: Double(number))
        },
        Pile("names of a repository") { number, world in
            world.note(World.repository(1, "acme/\(padded: number)"), at: Double(number))
        },
        Pile("branches of a repository") { number, world in
            world.observe(
                .branchPushed(
                    BranchPushed(repository: World.repository(), ref: "refs/heads/\(padded: number)", sha: "f")),
                receivedAt: Double(number))
        },
        Pile("answered base branches of a repository") { number, world in
            let sha = "sha-\(padded: number)"
            world.push(sha, at: Double(number), number: number + 1, base: "base-\(padded: number)")
            world.check(.build.with { $0.sha = sha }, .accepted, at: Double(number) + 0.1)
        },
        Pile("names of a repository's checks that turn out to be of a kind") { number, world in
            world.check(
                .build.with {
                    $0.name = CheckName(text: "build of \(padded: number)", subject: .unknown)
                    $0.sha = "sha-\(padded: number)"
                    $0.job = JobLink(job: .copr, id: Int64(1000 + number))
                }, success, asTest: .finished(.skipped, .build), at: Double(number))
        },
        Pile("projects in which builds of a repository are proven to be made") { number, world in
            let (start, sha) = (Double(number) * 1000, "sha-\(padded: number)")
            let build = World.Check.build.with {
                $0.sha = sha; $0.externalID = sha
            }
            world.push(sha, at: start, number: number + 1)
            world.check(build, .accepted, at: start + 4)
            world.copr(
                .started, build: Int64(number), project: "\(padded: number)", owner: "@acme", sentAt: start + 60,
                version: "1-1.20251110.\(sha).pr\(number + 1)")
            world.check(build, .started, at: start + 62)
            world.copr(
                .succeeded, build: Int64(number), project: "\(padded: number)", owner: "@acme", sentAt: start + 300)
            world.check(build, success, at: start + 303)
        },
        Pile("builds of a project") { number, world in
            world.copr(.started, build: Int64(1000 + number), sentAt: Double(number))
        },
        Pile("blind intervals", many: 2100) { number, world in
            world.wasBlind(
                from: Double(number) * 100, to: Double(number) * 100 + 10, excludes: number % 2 == 0)
        },
    ]

    private static func named(_ identifier: String) -> CheckName {
        CheckName(
            text: "rpm-build:\(World.chroot):\(identifier)", subject: .build, chroot: World.chroot,
            identifier: identifier)
    }
}

extension String.StringInterpolation {
    /// As many letters for each.
    fileprivate mutating func appendInterpolation(padded number: Int) {
        appendLiteral(String(100_000 + number))
    }
}
