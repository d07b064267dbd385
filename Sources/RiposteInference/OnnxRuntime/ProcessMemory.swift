import COnnxRuntime

/// What the process does with memory that was freed.
public enum ProcessMemory {
    /// Large blocks go back to the system at once, and threads share what is kept.
    ///
    /// For work that takes hours, with inputs of many sizes: else what the largest of them needed is kept in pieces, by
    /// each thread. With the GNU C library; nothing elsewhere. Call it before other threads are there.
    public static func keepLittle() { ortx_keep_little_memory() }

    /// What was freed and kept so far goes back to the system; worth it after something large was let go of.
    public static func trim() { ortx_return_memory() }

    /// What the C library has given out, and what it keeps of what was given back to it, in bytes. What grows in `used` is
    /// held by somebody; what grows in `kept` is scattered. nil where the C library can't tell.
    public static var use: (used: Int, kept: Int)? {
        var (used, kept) = (0, 0)
        return ortx_memory_use(&used, &kept) == 0 ? (used, kept) : nil
    }
}
