import Foundation

// What libFuzzer calls. Environment variables say what is wanted, since the options are libFuzzer's own:
// `PACKIT_SLO_FUZZ` names the property to try, `PACKIT_SLO_FUZZ_SEEDS` a folder to write seeds to from the recordings
// in the folder `PACKIT_SLO_FUZZ_RECORDINGS`, and nothing else.

private let environment = ProcessInfo.processInfo.environment

private let tried: Property = {
    let name = environment["PACKIT_SLO_FUZZ"] ?? ""
    guard let property = Property.all.first(where: { $0.name == name }) else {
        stop("PACKIT_SLO_FUZZ is '\(name)', which is none of \(Property.all.map(\.name).joined(separator: ", "))")
    }
    return property
}()

@_cdecl("LLVMFuzzerInitialize")
public func initialize(_ count: UnsafeRawPointer, _ arguments: UnsafeRawPointer) -> CInt {
    guard
        let seeds = environment["PACKIT_SLO_FUZZ_SEEDS"], let recordings = environment["PACKIT_SLO_FUZZ_RECORDINGS"]
    else { return 0 }
    do {
        let files = try FileManager.default.contentsOfDirectory(atPath: recordings).filter { $0.hasSuffix(".jsonl") }
        try Seeds.write(recordings: files.sorted().map { "\(recordings)/\($0)" }, to: seeds)
    } catch {
        stop("the seeds cannot be written: \(error)")
    }
    exit(0)
}

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // A copy that ends where its memory ends, so that the sanitizer sees a read behind it.
    let input = [UInt8](UnsafeBufferPointer(start: start, count: count))
    do {
        try tried.holds(input)
    } catch {
        stop("\(tried.name): \(error)")
    }
    return 0
}

/// libFuzzer takes an aborted process for a finding, and keeps the input.
private func stop(_ message: String) -> Never {
    FileHandle.standardError.write(Data("\(message)\n".utf8))
    abort()
}
