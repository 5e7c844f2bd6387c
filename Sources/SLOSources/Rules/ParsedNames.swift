internal import SLOCore
import Synchronization

/// Names of checks that were taken apart: the same ones come again and again.
///
/// What is kept is bounded in bytes, as a name is (`TextLimit.name`): once there are many, all are forgotten.
final class ParsedNames: Sendable {
    private let known = Mutex<[String: CheckName]>([:])

    static let limit = 4096
    /// Longer texts do not come from a delivery.
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
