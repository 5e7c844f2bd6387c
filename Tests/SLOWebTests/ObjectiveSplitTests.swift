import SLOCore
import Testing

@testable import SLOQueries
@testable import SLOWeb

/// What the overview shows of many objectives.
@Suite(.timeLimit(.minutes(1)))
struct ObjectiveSplitTests {
    /// One objective for each number of bad events in a thousand, of which ten are allowed; `nil` for no event.
    private static func standings(_ bad: [Int64?], description: String = "") throws -> [Overview.Standing] {
        try bad.enumerated().map { place, bad in
            let name = try #require(Objective.Name(rawValue: "objective_\(place)"))
            return Overview.Standing(
                objective: Objective(name, .builds, target: 0.99, deadline: .hours(1), description: description),
                deployment: Deployment("prod"),
                tally: bad.map { ObjectiveTally(good: 1000 - $0, bad: $0) } ?? ObjectiveTally(),
                doubt: Overview.Doubt(), burns: [],
                days: [.init(beginsAt: FakePages.now.startOfDay, tally: ObjectiveTally(good: 1))])
        }
    }

    private static func titles(_ standings: [Overview.Standing]) -> [String] { standings.map(\.objective.title) }

    @Test func aFewObjectivesHaveACardEachInTheirOrder() throws {
        let split = ObjectiveSplit(try Self.standings([0, 30, nil, 9, 2, 11]))
        #expect(Self.titles(split.cards) == (0..<6).map { "Objective \($0)" })
        #expect(split.rows.isEmpty)
    }

    @Test func ofManyOnlyThoseThatNeedAttentionHaveACardAndTheWorstIsFirst() throws {
        let split = ObjectiveSplit(try Self.standings([0, 30, nil, 9, 2, 11, 7, 1]))
        #expect(Self.titles(split.cards) == ["Objective 1", "Objective 5", "Objective 3"])
        #expect(
            Self.titles(split.rows)
                == ["Objective 6", "Objective 4", "Objective 7", "Objective 0", "Objective 2"])
        #expect(split.rowsText == "Besides: 4\u{A0}objectives are met, of 1\u{A0}objective nothing was judged")
    }

    @Test func aHundredMissedObjectivesHaveTwelveCards() throws {
        let split = ObjectiveSplit(try Self.standings((1...100).map { 10 + $0 }))
        #expect(split.cards.count == 12)
        #expect(Self.titles(split.cards).first == "Objective 99")
        #expect(split.rowsText == "Besides: 88\u{A0}objectives are missed")
    }

    @Test func thePageOfManyFoldsWhatIsMetAndCountsWhatIsMissed() async throws {
        var pages = FakePages()
        pages.standings = try Self.standings((0..<40).map { $0 < 6 ? 20 : 1 })
        let body = try await TestServer.run(pages: pages) { try await $0.answer(to: get("/")) }.body
        #expect(body.matches(of: /<article/).count == 6)
        #expect(body.contains("<details><summary>Besides: 34\u{A0}objectives are met</summary>"))
        #expect(body.contains("<p>2\u{A0}more targets are missed.</p>"))
    }

    @Test func aDescriptionIsShownAsText() async throws {
        var pages = FakePages()
        pages.standings = try Self.standings([0], description: "<b>Paid</b> builds")
        let body = try await TestServer.run(pages: pages) { try await $0.answer(to: get("/")) }.body
        #expect(body.contains("<p class=\"note\">&lt;b&gt;Paid&lt;/b&gt; builds</p>"))
    }

    @Test func whatAnObjectiveSelectsIsShown() {
        #expect(ObjectiveSelection().text == nil)
        #expect(
            ObjectiveSelection(branches: ["main"], chroots: ["fedora-*", "epel-*"]).text
                == "only branches main; chroots fedora-*, epel-*")
    }

    @Test func theBadgeOfManyCountsTheMissed() async throws {
        var pages = FakePages()
        pages.standings = try Self.standings((0..<40).map { $0 < 6 ? 20 : 1 })
        let body = try await TestServer.run(pages: pages) { try await $0.answer(to: get("/badges/status.svg")) }.body
        #expect(body.contains(">6 of 40 missed</text>"))
    }
}
