package import SLOCore

/// JSON whose members keep their order, for documents that people read too. A member without a value is left out.
package enum JSONText {
    case null
    case bool(Bool)
    case integer(Int64)
    /// Finite; anything else is written as null.
    case number(Double)
    case text(String)
    case array([JSONText])
    case object([(String, JSONText?)])

    /// Two spaces a level, a line for each element.
    package var document: String {
        var output = ""
        write(to: &output, indentation: 0)
        return output + "\n"
    }

    private func write(to output: inout String, indentation: Int) {
        switch self {
        case .null: output += "null"
        case .bool(let value): output += value ? "true" : "false"
        case .integer(let value): output += String(value)
        case .number(let value): output += value.isFinite ? "\(value)" : "null"
        case .text(let value): output += Self.quoted(value)
        case .array(let elements):
            Self.write(elements.map { (nil, $0) }, between: ("[", "]"), to: &output, indentation: indentation)
        case .object(let members):
            let present = members.compactMap { name, value in value.map { (Optional(name), $0) } }
            Self.write(present, between: ("{", "}"), to: &output, indentation: indentation)
        }
    }

    private static func write(
        _ elements: [(name: String?, value: JSONText)], between: (String, String), to output: inout String,
        indentation: Int
    ) {
        output += between.0
        for (place, element) in elements.enumerated() {
            output += (place == 0 ? "\n" : ",\n") + String(repeating: " ", count: indentation + 2)
            if let name = element.name { output += quoted(name) + ": " }
            element.value.write(to: &output, indentation: indentation + 2)
        }
        if !elements.isEmpty { output += "\n" + String(repeating: " ", count: indentation) }
        output += between.1
    }

    /// A JSON string; control characters cannot forge a line of their own.
    package static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case _ where scalar.value < 0x20 || scalar.value == 0x7f:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}

extension JSONText {
    package static func time(_ time: Timestamp) -> JSONText { .text(time.rfc3339) }

    /// In seconds, without a fraction where there is none.
    package static func seconds(_ span: TimeSpan) -> JSONText {
        span.milliseconds % 1000 == 0 ? .integer(span.wholeSeconds) : .number(span.inSeconds)
    }
}
