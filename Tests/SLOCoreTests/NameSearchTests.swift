import SLOCore
import Testing

/// Which texts have a name that must be erased.
@Suite struct NameSearchTests {
    private static let rocket = NameSearch(repositories: ["acme/rocket"], refs: ["topic/x"])
    private static let login = NameSearch(login: "wile-e", repositories: [])

    @Test(arguments: [
        "acme/rocket", "x ACME/Rocket y", "https://github.com/acme/rocket/pull/1", "acme/rocket.git", "acme/rocket.",
        "acme-rocket-12", "packit/acme-rocket-12-el9", "acme-rocket-main", "acme-rocket-topic-x-el9",
        "acme-rocket-releases", "(acme/rocket)",
    ])
    func aRepositoryIsFoundWhereItStandsAlone(_ text: String) { #expect(Self.rocket.isIn(text)) }

    @Test(arguments: [
        "acme/rocket-engine", "acme/rocket.js", "acme/rockets", "my-acme/rocket", "acme/rocke", "rocket",
        "acme-rocket", "acme-rocket-engine-12", "acme-rocket-12x", "acme-rocket-x86_64", "x-acme-rocket-12", "",
    ])
    func anotherRepositoryIsNotTakenForIt(_ text: String) { #expect(!Self.rocket.isIn(text)) }

    @Test(arguments: [
        "wile-e", "Wile-E/kit", "@wile-e please", "wile-e:topic", "1+wile-e@users.noreply.github.com",
        "refs/heads/wile-e-patch-1", "wile-e[bot]", "wile-e.",
    ])
    func aLoginIsFoundWhereItStandsAlone(_ text: String) { #expect(Self.login.isIn(text)) }

    @Test(arguments: ["wile-e2", "wile-ex", "wile-e-coyote", "wile-e_corp", "x-wile-e", "wile"])
    func anotherLoginIsNotTakenForIt(_ text: String) { #expect(!Self.login.isIn(text)) }

    @Test(arguments: [
        #"{"full_name":"acme/rocket"}"#, #"{"full_name":"acme\/rocket"}"#, #"{"a":"\u0061cme\u002Frocket"}"#,
        #"{"a":"x\nacme/rocket\ty"}"#, "payload=%7B%22full_name%22%3A%22acme%2Frocket%22%7D",
        #"{"copr":"acme-rocket-7","x":1}"#,
    ])
    func bodiesAreReadWithTheirEscapes(_ body: String) { #expect(Self.rocket.isIn(body: Array(body.utf8))) }

    @Test(arguments: [#"{"a":"\"#, #"{"a":"\u00"#, "%", "%2", #"\uzzzz"#, "acme", ""])
    func bodiesThatEndEarlyHaveNoName(_ body: String) { #expect(!Self.rocket.isIn(body: Array(body.utf8))) }

    @Test func namesAreReplacedAndTheRestStays() {
        let text = "Acme/Rocket and acme/rocket-engine: Störung in acme/rocket"
        #expect(Self.rocket.replacing(in: text, by: "erased") == "erased and acme/rocket-engine: Störung in erased")
    }
}
