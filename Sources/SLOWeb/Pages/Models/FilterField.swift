import SLOCore

/// A field of a form that filters a list.
struct FilterField: Sendable {
    let name: String
    let title: String
    let value: String
    let placeholder: String
    /// Whether it takes a time.
    let isTime: Bool
    let isChoice: Bool
    let choices: [Choice]

    init(name: String, title: String, value: String, placeholder: String) {
        self.name = name
        self.title = title
        self.value = value
        self.placeholder = placeholder
        (isTime, isChoice, choices) = (false, false, [])
    }

    init(name: String, title: String, choices: [Choice]) {
        self.name = name
        self.title = title
        self.choices = choices
        (value, placeholder, isTime, isChoice) = ("", "", false, true)
    }

    init(time name: String, title: String, value: Timestamp?) {
        self.name = name
        self.title = title
        // As the browser's field takes it: whole seconds, without a zone.
        self.value = value.map { String($0.rfc3339.prefix(19)) } ?? ""
        (placeholder, isTime, isChoice, choices) = ("", true, false, [])
    }
}

/// What pages of lists have in common.
extension APIRequest {
    /// A field that takes a text.
    func field(_ name: String, _ title: String, _ placeholder: String = "") -> FilterField {
        FilterField(name: name, title: title, value: text(name) ?? "", placeholder: placeholder)
    }

    /// A field of choices.
    /// - Parameter all: the choice of everything, if it is one.
    func choice(_ name: String, _ title: String, all: String?, _ values: [(String, String)]) -> FilterField {
        FilterField(name: name, title: title, choices: Choice.list(all: all, values, chosen: text(name) ?? ""))
    }

    /// The first page, unless this is it; the next one, if there is one; and the same list as JSON and CSV.
    func listLinks(
        at path: String, next cursor: String?
    ) -> (first: String?, next: String?, json: String, csv: String) {
        let resource = APIOperation.root + path
        return (
            text("cursor") == nil ? nil : path + query(setting: ["cursor": ""]),
            cursor.map { path + query(setting: ["cursor": $0]) }, resource + query(setting: ["limit": "200"]),
            resource + query(setting: ["limit": "200", "format": "csv"])
        )
    }
}
