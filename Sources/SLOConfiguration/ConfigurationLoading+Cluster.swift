extension ConfigurationLoading {
    mutating func checkCluster() {
        let cluster = configuration.cluster
        if cluster.acknowledge == .spooled, cluster.spool.path == nil {
            fail("cluster.acknowledge", "spooled requires cluster.spool.path")
        }
        guard cluster.database == nil else { return }
        for key in ["node", "spool.path", "spool.max_bytes", "patience", "acknowledge", "require_copies"].map({
            "cluster." + $0
        })
        where isSet(key) {
            warnings.append("\(key) has no effect, because there is no cluster.database")
        }
    }
}
