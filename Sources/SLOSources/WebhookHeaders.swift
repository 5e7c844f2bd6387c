/// The headers of a webhook that anything here looks at. All others are forgotten as soon as they are read.
public struct WebhookHeaders: Sendable, Equatable {
    /// `Content-Type`, as sent.
    public var contentType: String?
    /// `X-GitHub-Event`
    public var event: String?
    /// `X-GitHub-Delivery`
    public var delivery: String?
    /// `X-Hub-Signature-256`
    public var signature: String?
    /// `X-GitHub-Hook-Installation-Target-Type`
    public var hookTargetType: String?
    /// `X-GitHub-Hook-Installation-Target-ID`
    public var hookTargetID: String?

    public init(
        contentType: String? = nil, event: String? = nil, delivery: String? = nil, signature: String? = nil,
        hookTargetType: String? = nil, hookTargetID: String? = nil
    ) {
        self.contentType = contentType
        self.event = event
        self.delivery = delivery
        self.signature = signature
        self.hookTargetType = hookTargetType
        self.hookTargetID = hookTargetID
    }
}
