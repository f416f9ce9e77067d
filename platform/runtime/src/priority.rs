/// A tenth of the weight of a thread with the usual priority.
#[cfg(target_os = "linux")]
const FOLLOWER_NICENESS: i32 = 10;

/// Lowers the priority of this thread: no answer depends on its work, and where processors are short
/// those go first on whose work one does. It still gets its share.
pub(crate) fn give_way() {
    // Elsewhere a priority belongs to the whole process.
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(None, FOLLOWER_NICENESS) {
        tracing::debug!(%error, "the thread keeps its priority");
    }
}
