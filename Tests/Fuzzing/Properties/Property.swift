/// Something that holds for every input, whatever its bytes.
///
/// The fuzzer looks for inputs for which one does not hold, or that crash or hang; the ordinary tests try the inputs
/// that were found so, and the seeds.
struct Property: Sendable {
    /// Also the folder under `Cases`.
    let name: String
    /// - Throws: `Broken` where it does not.
    let holds: @Sendable ([UInt8]) throws -> Void

    static let all = [
        signature, headers, github, copr, testingFarm, recording, scrubbing, configuration, variables, rules, names,
        stored, state, requests, pages,
    ]
}

/// What does not hold.
struct Broken: Error, CustomStringConvertible {
    let description: String
}

func expect(_ condition: Bool, _ what: @autoclosure () -> String) throws {
    if !condition { throw Broken(description: what()) }
}

/// Takes an input apart: its first bytes choose, the rest is what is read.
struct Choices {
    private(set) var rest: ArraySlice<UInt8>

    init(_ input: [UInt8]) {
        rest = input[...]
    }

    mutating func byte() -> UInt8 {
        rest.popFirst() ?? 0
    }

    mutating func one<Element>(of elements: [Element]) -> Element {
        elements[Int(byte()) % elements.count]
    }

    var text: String { String(decoding: rest, as: UTF8.self) }
    var bytes: [UInt8] { Array(rest) }
}
