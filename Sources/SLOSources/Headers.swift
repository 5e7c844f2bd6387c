/// The encoding of a body, by its `Content-Type`.
enum MediaType: Equatable {
    case json
    /// GitHub's alternative: the JSON is the percent-encoded field `payload`.
    case form

    static let expectedOfGitHub = "Content-Type must be application/json or application/x-www-form-urlencoded"
    static let expectedOfOthers = "Content-Type must be application/json"
    static let badForm = "the form has no field `payload`, or one with a broken percent escape"

    /// `nil` for other types and for none. Parameters such as a charset are ignored.
    init?(_ contentType: String?) {
        guard let contentType else { return nil }
        if contentType == "application/json" {
            self = .json
            return
        }
        switch contentType.prefix(while: { $0 != ";" && $0 != " " && $0 != "\t" }).lowercased() {
        case "application/json": self = .json
        case "application/x-www-form-urlencoded": self = .form
        default: return nil
        }
    }
}

/// The valid values of GitHub's headers.
enum HeaderRules {
    static let badEvent = "X-GitHub-Event must be 1 to 64 lower-case letters, digits and underscores"
    static let badDelivery = "X-GitHub-Delivery must be 1 to 128 letters, digits and dashes"

    /// GitHub's events have names such as `projects_v2_item`.
    static func isEventName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }

    /// The number of an App, a repository or an organisation.
    static func isHookTarget(_ text: String) -> Bool {
        (1...20).contains(text.utf8.count)
            && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    /// A GUID, as GitHub sends it, or any other token of its characters.
    static func isDeliveryID(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
