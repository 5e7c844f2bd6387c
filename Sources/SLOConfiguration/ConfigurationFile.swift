import SLOYAML

/// A YAML file, split into its keys and values, which are not interpreted here.
///
/// Sections may be nested, or written with dots: `http: {listen: …}` and `http.listen: …` are the same key.
struct ConfigurationFile {
    /// The values in the order of the file.
    private(set) var values: [(setting: Setting, value: RawValue, line: Int)] = []
    private(set) var problems: [ConfigurationProblem] = []

    private let path: String
    private var firstLines: [String: Int] = [:]

    init(text: String, path: String) {
        self.path = path
        do {
            guard let root = try YAMLReader.document(text), !root.isNothing else { return }
            guard let members = root.mapping else {
                add(line: root.line, key: nil, "is not a map of keys to values")
                return
            }
            walk(members, section: "")
        } catch {
            switch error.reason {
            case .doubledKey(let path, let firstLine): addDoubled(Self.name(of: path), error.line, firstLine)
            default: add(line: error.line, key: nil, error.description)
            }
        }
    }

    private mutating func walk(_ members: [YAMLMember], section: String) {
        for member in members {
            let key = section.isEmpty ? member.key : "\(section).\(member.key)"
            switch Settings.find(key) {
            case .setting(let setting): take(setting, RawValue(member.value), line: member.line)
            case .section:
                if let inner = member.value.mapping {
                    walk(inner, section: key)
                } else if !member.value.isNothing {
                    add(line: member.line, key: key, Settings.takesKeys)
                }
            case .objective(let presence):
                if let inner = member.value.mapping {
                    // May be continued elsewhere, as any section.
                    values.append((presence, RawValue(.map([])), member.line))
                    walk(inner, section: key)
                } else {
                    take(presence, RawValue(member.value), line: member.line)
                }
            case .unknown(let reason): add(line: member.line, key: key, reason)
            }
        }
    }

    private mutating func take(_ setting: Setting, _ value: RawValue, line: Int) {
        if let firstLine = firstLines[setting.name] {
            addDoubled(setting.name, line, firstLine)
            return
        }
        firstLines[setting.name] = line
        values.append((setting, value, line))
    }

    /// The name may contain the secret itself below a secret's key.
    private static func name(of path: [String]) -> String {
        let key = path.joined(separator: ".")
        return Setting.table.first { $0.isSecret && key.hasPrefix($0.name + ".") }?.name ?? key
    }

    private mutating func addDoubled(_ key: String, _ line: Int, _ firstLine: Int) {
        add(line: line, key: key, "is set twice; first in line \(firstLine)")
    }

    private mutating func add(line: Int?, key: String?, _ reason: String) {
        problems.append(ConfigurationProblem(place: .file(path: path, line: line), key: key, reason: reason))
    }
}

extension RawValue {
    fileprivate init(_ node: YAMLNode) {
        self.init(node.isNothing ? .null : Content(node.content), line: node.line)
    }
}

extension RawValue.Content {
    fileprivate init(_ content: YAMLNode.Content) {
        self =
            switch content {
            case .scalar(let text): .scalar(text)
            case .sequence(let nodes): .list(nodes.map { RawValue($0) })
            case .mapping(let members):
                .map(members.map { .init(key: $0.key, value: RawValue($0.value), line: $0.line) })
            }
    }
}
