public import SLOCore

extension SourceStatistics {
    public init(of source: Source, in registry: MetricsRegistry) {
        self.init()
        lastDelivery = registry.value(of: .lastDeliveryMilliseconds(source)).map { Timestamp(milliseconds: $0) }
        medianLag = registry.bound(of: .deliveryLag(source), atQuantile: 0.5).map { .milliseconds(Int64($0 * 1000)) }
        outcomes = Dictionary(
            uniqueKeysWithValues: DeliveryOutcome.allCases.map { ($0, registry.value(of: .deliveries(source, $0))) })
    }
}
