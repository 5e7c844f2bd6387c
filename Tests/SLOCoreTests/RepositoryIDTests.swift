import Testing

@testable import SLOCore

@Suite struct RepositoryIDTests {
    @Test func aRepositoryOnGitHubIsStoredAsItsBareNumber() throws {
        let id = try #require(RepositoryID(484_000_007, on: .github))
        #expect(id.stored == 484_000_007)
        #expect(id == 484_000_007)
        #expect(id.forge == .github)
        #expect(id.number == 484_000_007)
    }

    @Test func theSameNumberOfAnotherForgeIsAnotherRepository() {
        let elsewhere = RepositoryID(stored: 1 << 56 | 42)
        #expect(elsewhere != 42)
        #expect(elsewhere.number == 42)
        #expect(elsewhere.forge == nil)
    }

    @Test(arguments: [-1, .min, 1 << 56, .max] as [Int64]) func whatNoForgeGivesIsNoNumber(number: Int64) {
        #expect(RepositoryID(number, on: .github) == nil)
    }

    @Test(arguments: [0, 1, (1 << 56) - 1] as [Int64]) func theSmallestAndTheLargestAreNumbers(number: Int64) {
        #expect(RepositoryID(number, on: .github)?.number == number)
    }
}
