import NIOCore
import NIOHTTP1

/// The limits of one connection, in the event loop's units.
struct ConnectionLimits: Sendable {
    var idleTimeout: TimeAmount
    var bodyTimeout: TimeAmount
    /// How long a response may take. Every sender has given up by then, so the connection is closed.
    let responseTimeout = TimeAmount.seconds(60)
    var lingerTimeout: TimeAmount
    var crowdedTimeout: TimeAmount
    var stopGrace: TimeAmount
    var stopTimeout: TimeAmount
    /// How many bytes are read and discarded after an early response.
    var lingerBytes: Int
    var maxBodyBytes: Int

    init(_ configuration: WebConfiguration) {
        self.idleTimeout = TimeAmount(configuration.idleTimeout)
        self.bodyTimeout = TimeAmount(configuration.bodyTimeout)
        self.lingerTimeout = TimeAmount(configuration.lingerTimeout)
        self.crowdedTimeout = TimeAmount(configuration.crowdedTimeout)
        self.stopGrace = TimeAmount(configuration.stopGrace)
        self.stopTimeout = TimeAmount(configuration.stopTimeout)
        self.lingerBytes = 2 * configuration.maxBodyBytes
        self.maxBodyBytes = configuration.maxBodyBytes
    }

    /// The limits of a connection that was accepted while all slots were taken: only what arrives at once is served.
    var crowded: ConnectionLimits {
        var limits = self
        limits.idleTimeout = min(limits.idleTimeout, self.crowdedTimeout)
        limits.bodyTimeout = min(limits.bodyTimeout, self.crowdedTimeout)
        limits.lingerTimeout = min(limits.lingerTimeout, self.crowdedTimeout)
        return limits
    }

    /// The most that one read takes from a connection, and therefore the most that waits in memory to be decoded.
    static let readBytes = 64 * 1024
    /// While more than this is unsent, the connection is not read and its requests are not served. One response that
    /// had begun may be unsent besides.
    static let unsentBytes = 64 * 1024

    /// Limits of request line and headers. Above them: 431.
    static var decoder: NIOHTTPDecoderLimitConfiguration {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = 16 * 1024
        limits.maxHeaderListSize = 64 * 1024
        limits.maxHeaderFieldCount = 128
        return limits
    }
}
