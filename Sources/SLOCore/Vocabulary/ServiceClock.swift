/// The clock of the targets around the core. Tests replace it.
public struct ServiceClock: Sendable {
    private let read: @Sendable () -> Moment
    /// Whether it advances by itself.
    package let runsByItself: Bool

    /// A manual clock.
    public init(_ read: @escaping @Sendable () -> Moment) {
        self.init(runsByItself: false, read)
    }

    package init(runsByItself: Bool, _ read: @escaping @Sendable () -> Moment) {
        self.read = read
        self.runsByItself = runsByItself
    }

    public func now() -> Moment { read() }
}
