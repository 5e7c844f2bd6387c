import NIOCore
import NIOHTTP1

/// The bounds of one connection, in the event loop's units.
struct ConnectionLimits: Sendable {
    var idleTimeout: TimeAmount
    var bodyTimeout: TimeAmount
    /// How long a response may take. Every sender has given up by then; what is behind it must not hold a connection.
    let responseTimeout = TimeAmount.seconds(60)
    var lingerTimeout: TimeAmount
    var crowdedTimeout: TimeAmount
    var stopGrace: TimeAmount
    var stopTimeout: TimeAmount
    /// What is read and thrown away behind an early response.
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

    /// For a connection that came while all places were taken: what comes at once is served, and nobody waits for more.
    var crowded: ConnectionLimits {
        var limits = self
        limits.idleTimeout = min(limits.idleTimeout, self.crowdedTimeout)
        limits.bodyTimeout = min(limits.bodyTimeout, self.crowdedTimeout)
        limits.lingerTimeout = min(limits.lingerTimeout, self.crowdedTimeout)
        return limits
    }

    /// What one read takes off a connection, and so what waits in memory to be decoded.
    static let readBytes = 64 * 1024
    /// With more than this on its way out, a connection is not read, and none of its requests gets a response. Besides,
    /// one response may have been begun.
    static let unsentBytes = 64 * 1024

    /// Request line and headers. Beyond them: 431.
    static var decoder: NIOHTTPDecoderLimitConfiguration {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = 16 * 1024
        limits.maxHeaderListSize = 64 * 1024
        limits.maxHeaderFieldCount = 128
        return limits
    }
}
