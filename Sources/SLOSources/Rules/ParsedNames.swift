internal import SLOCore
import Synchronization

/// A cache of parsed check names, because the same ones come again and again.
///
/// Its size is bounded, because a name's length is (`TextLimit.name`): a full cache is emptied.
final class ParsedNames: Sendable {
    private let known = Mutex<[String: CheckName]>([:])

    static let limit = 4096
    /// No longer text comes from a delivery.
    private static let longestName = TextLimit.name.bytes

    func name(_ text: String, parse: (String) -> CheckName) -> CheckName {
        if let name = known.withLock({ $0[text] }) { return name }
        let name = parse(text)
        guard text.utf8.count <= Self.longestName else { return name }
        known.withLock {
            if $0.count >= Self.limit { $0.removeAll() }
            $0[text] = name
        }
        return name
    }
}
