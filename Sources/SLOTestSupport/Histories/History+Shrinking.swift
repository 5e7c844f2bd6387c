extension History {
    /// The shortest part found that still fails: none of its entries can be left out. For analysis, and as a regression
    /// test.
    /// - Parameter fails: whether a history shows the failure. Called some thousand times.
    public func shrunk(while fails: (History) throws -> Bool) rethrows -> History {
        var least = self
        var size = max(1, entries.count / 2)
        while true {
            let smaller = try least.without(stretchesOf: size, while: fails)
            let hasShrunk = smaller.entries.count < least.entries.count
            least = smaller
            if size == 1, !hasShrunk { return least }
            size = max(1, size / 2)
        }
    }

    /// Leaves out every stretch of this length that is not needed.
    private func without(stretchesOf size: Int, while fails: (History) throws -> Bool) rethrows -> History {
        var kept = self
        var start = 0
        while start < kept.entries.count {
            var candidate = kept
            candidate.entries.removeSubrange(start..<min(start + size, kept.entries.count))
            if try fails(candidate) {
                kept = candidate
            } else {
                start += size
            }
        }
        return kept
    }
}
