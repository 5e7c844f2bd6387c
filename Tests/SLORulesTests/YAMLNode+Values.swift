import SLOYAML

extension YAMLNode {
    /// As others read it: words without quotes may be numbers and flags.
    var value: Any {
        plainValue { text in
            if let flag = Bool(text) { return flag }
            if let number = Int(text) { return number }
            return Double(text) ?? text
        }
    }

    /// With every word as a text.
    var texts: Any {
        plainValue { $0 }
    }

    private func plainValue(_ meaning: (String) -> Any) -> Any {
        switch content {
        case .scalar(let text): isPlain ? meaning(text) : text
        case .sequence(let nodes): nodes.map { $0.plainValue(meaning) }
        case .mapping(let members):
            Dictionary(uniqueKeysWithValues: members.map { ($0.key, $0.value.plainValue(meaning)) })
        }
    }
}
