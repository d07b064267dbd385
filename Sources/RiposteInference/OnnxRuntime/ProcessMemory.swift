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
}
