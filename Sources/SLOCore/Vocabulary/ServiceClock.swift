/// Tells the targets around the core what time it is. Tests put their own in its place.
public struct ServiceClock: Sendable {
    private let read: @Sendable () -> Moment
    /// Whether it goes on without anybody moving it.
    package let runsByItself: Bool

    /// A clock that somebody moves.
    public init(_ read: @escaping @Sendable () -> Moment) {
        self.init(runsByItself: false, read)
    }

    package init(runsByItself: Bool, _ read: @escaping @Sendable () -> Moment) {
        self.read = read
        self.runsByItself = runsByItself
    }

    public func now() -> Moment { read() }
}
