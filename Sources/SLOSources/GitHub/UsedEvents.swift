/// The GitHub events that are used. A missing delivery of another event is no loss.
package enum UsedEvents {
    /// - Parameter action: `nil` if it is unknown, which counts as used.
    package static func contains(_ event: String, action: String?) -> Bool {
        switch event {
        case "pull_request": action.map { ["opened", "reopened", "synchronize", "closed"].contains($0) } ?? true
        case "issue_comment": action.map { ["created", "edited"].contains($0) } ?? true
        case "check_run": action.map { ["created", "completed"].contains($0) } ?? true
        case "release": action.map { $0 == "published" } ?? true
        case "status", "push": true
        default: false
        }
    }
}
