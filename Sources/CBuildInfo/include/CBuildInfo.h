/// The commit that this program was built from, as the build was told; empty if it was not.
const char *build_commit(void);
