/// The names of chroots at Copr and Testing Farm, `fedora-rawhide-x86_64`.
public enum ChrootName {
    /// The last part of a chroot. A target without an architecture has none.
    public static func architecture(of chroot: String) -> String? {
        let parts = chroot.split(separator: "-", omittingEmptySubsequences: false)
        return parts.count > 2 ? parts.last.map(String.init) : nil
    }
}
