import SLOCore

extension ValueFormat where Value == Double {
    /// The required share of good events. At 1 there would be no budget to divide by.
    static var target: ValueFormat {
        .word("ratio", bounds: "more than 0, less than 1", write: { String($0) }) { text throws(Mismatch) in
            guard let ratio = Double(text), ratio.isFinite else {
                throw Mismatch("'\(text)' is not a number; write for example 0.99")
            }
            guard ratio > 0, ratio < 1 else {
                throw Mismatch("\(text) is out of range; a target is more than 0 and less than 1")
            }
            return ratio
        }
    }
}

extension ValueFormat where Value == TimeSpan {
    /// Of an error budget. Judgements are summed by hours.
    static var window: ValueFormat {
        .duration(.hours(1) ... .days(366), wholes: (.hours(1), "hours"))
    }

    /// Its range depends on the indicator, and is checked when that is known.
    static var deadline: ValueFormat {
        let general = Objective.Indicator.runDeadlines
        let others = Objective.Indicator.allCases.filter { $0.deadlines != general }
            .map { "; \($0.rawValue): \($0.deadlines.map(DurationText.text) ?? "none")" }
        let bounds = DurationText.text(general) + ", whole seconds" + others.joined()
        return .word("duration", bounds: bounds, write: DurationText.text) { text throws(Mismatch) in
            let span = try DurationText.required(text)
            guard span.milliseconds % TimeSpan.seconds(1).milliseconds == 0 else {
                throw Mismatch("\(text) is not a whole number of seconds")
            }
            return span
        }
    }
}

extension ValueFormat where Value == String {
    /// A line that people read.
    static var line: ValueFormat {
        let maxBytes = 500
        return .word("text", bounds: "at most \(maxBytes) bytes", write: { $0 }) { text throws(Mismatch) in
            guard text.utf8.count <= maxBytes else {
                throw Mismatch("has \(text.utf8.count) bytes; at most \(maxBytes) are allowed")
            }
            guard !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
                throw Mismatch("contains a control character, such as the end of a line")
            }
            return text
        }
    }
}

extension ValueFormat where Value: Collection {
    /// The same format, for a value that is not set if it is empty.
    var unlessEmpty: ValueFormat {
        let write = write
        return ValueFormat(
            typeName: typeName, bounds: bounds, isSecret: isSecret, masksItself: masksItself, read: read,
            write: { $0.isEmpty ? nil : write($0) })
    }
}
