import Foundation
import Testing

/// What the fuzzer found once does not come back.
@Suite("Found inputs")
struct CaseTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fuzzing/Cases")

    @Test("break nothing any more", arguments: Property.all.map(\.name))
    func found(name: String) throws {
        let property = try #require(Property.all.first { $0.name == name })
        for (file, input) in try Self.cases(of: name) {
            #expect(throws: Never.self, "\(name)/\(file)") { try property.holds(input) }
        }
    }

    @Test("are found by the tests")
    func casesExist() throws {
        let names = Set(Property.all.map(\.name))
        let folders = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        #expect(!folders.isEmpty && names.isSuperset(of: folders))
        #expect(try !folders.flatMap(Self.cases).isEmpty)
    }

    private static func cases(of name: String) throws -> [(file: String, input: [UInt8])] {
        let place = folder.appending(path: name)
        guard FileManager.default.fileExists(atPath: place.path) else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: place.path).sorted().map { file in
            (file, Array(try Data(contentsOf: place.appending(path: file))))
        }
    }
}
