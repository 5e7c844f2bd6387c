extension [UInt8] {
    mutating func append(_ text: String) {
        append(contentsOf: text.utf8)
    }

    /// Appends one sample: everything up to and including the space, then the value.
    /// - Parameter exemplar: in the unit of its family, with that unit's scale.
    mutating func append(
        line head: [UInt8], _ value: Int64, _ scale: MetricFamily.Scale,
        _ exemplar: (Exemplar, MetricFamily.Scale)? = nil
    ) {
        append(contentsOf: head)
        append(value, scale)
        if let (exemplar, scale) = exemplar { append(exemplar, scale) }
        append(UInt8(ascii: "\n"))
    }

    /// Appends a decimal number exactly: 12345 thousandths are `12.345`, 2000 are `2`.
    mutating func append(_ value: Int64, _ scale: MetricFamily.Scale) {
        let divisor = scale.rawValue.magnitude
        if value < 0 { append(UInt8(ascii: "-")) }
        append(String(value.magnitude / divisor))
        var fraction = value.magnitude % divisor
        guard fraction > 0 else { return }
        append(UInt8(ascii: "."))
        var place = divisor / 10
        while fraction > 0 {
            append(UInt8(ascii: "0") + UInt8(fraction / place))
            fraction %= place
            place /= 10
        }
    }
}
