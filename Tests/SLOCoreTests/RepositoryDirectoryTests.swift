import Testing

@testable import SLOCore

/// What pages know of the repositories, read again and again.
@Suite struct RepositoryDirectoryTests {
    private static let names = ["acme/rocket", "acme/engine", "acme/other", "acme/next"]

    private static func told(_ directory: RepositoryDirectory) -> [String] {
        names.map { "\($0) \(directory.id(of: $0).map(\.stored) ?? 0) \(directory.isPublic($0))" }
            + directory.ids(showingPrivate: true).map { "\($0.stored) \(directory.name(of: $0) ?? "")" }
            + [directory.hidesAny, directory.revealsPrivate(project: "packit-acme-engine-7")].map { "\($0)" }
    }

    @Test func eachReadingTellsWhatIsStoredThen() throws {
        var world = World()
        var reader = RepositoryDirectoryReader()
        let steps: [(inout World) -> Void] = [
            { _ in },
            { $0.push("a", at: 0) },
            // Changes the row, and nothing that the directory tells.
            { $0.check(.build, .queued, at: 2) },
            { $0.note(World.repository(2, "acme/other"), at: 3) },
            { $0.note(World.repository(1, "acme/engine"), at: 4) },
            {
                $0.observe(
                    .repositoryNamed(Repository(id: 1, fullName: "acme/engine", isPrivate: true)), receivedAt: 5)
            },
            { $0.note(World.repository(3, "acme/next"), at: 6) },
        ]
        var before: [String] = []
        var changes = 0
        for step in steps {
            step(&world)
            let told = Self.told(try reader.read(from: world.kept))
            #expect(told == Self.told(try RepositoryDirectory(from: world.kept)))
            changes += told == before ? 0 : 1
            before = told
        }
        #expect(changes == steps.count - 1)
        // A repository that is gone.
        let kept = World.Kept(rows: world.stored.filter { $0.key != StateKey(.repositories, RepositoryID(2)) })
        #expect(Self.told(try reader.read(from: kept)) == Self.told(try RepositoryDirectory(from: kept)))
    }

    @Test func aRowThatCannotBeReadIsAnErrorEachTime() throws {
        var world = World()
        var reader = RepositoryDirectoryReader()
        world.note(World.repository(1, "acme/rocket"), at: 0)
        _ = try reader.read(from: world.kept)
        var rows = world.stored
        for key in rows.keys where key.table == LedgerState.TableNumber.repositories.rawValue { rows[key] = [0xff] }
        for _ in 0..<2 {
            #expect(throws: RestoreError.self) { try reader.read(from: World.Kept(rows: rows)) }
        }
        #expect(try reader.read(from: world.kept).isPublic("acme/rocket"))
    }
}
