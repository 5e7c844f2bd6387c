package import SLOCore
package import SLOJSON

extension JSONValue {
    package static func time(_ time: Timestamp) -> JSONValue { .text(time.rfc3339) }

    /// In seconds, without a fraction if there is none.
    package static func seconds(_ span: TimeSpan) -> JSONValue {
        span.milliseconds % 1000 == 0 ? .integer(span.wholeSeconds) : .decimal(span.inSeconds)
    }
}
