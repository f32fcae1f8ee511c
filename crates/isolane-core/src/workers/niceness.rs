//! What a worker's thread gets of the CPU where there is less of it than threads.

/// Lowers the priority of the calling thread by `increment` steps of niceness, for good: threads
/// that the host needs then run first. Only Linux has a niceness for each thread; elsewhere this
/// does nothing.
pub(super) fn lower_priority(increment: u8) {
    #[cfg(target_os = "linux")]
    if increment > 0 {
        // To be nicer is always allowed. Where a sandbox forbids the system call all the same, the
        // thread is as the others are.
        let _ = rustix::process::nice(increment.into());
    }
    #[cfg(not(target_os = "linux"))]
    let _ = increment;
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::thread;

    use super::*;

    fn niceness() -> i32 {
        rustix::process::getpriority_process(None).expect("a thread may ask for its own")
    }

    #[test]
    fn concerns_the_calling_thread_only() {
        let before = niceness();
        let there = thread::spawn(|| {
            lower_priority(3);
            niceness()
        });
        assert_eq!(there.join().expect("no panic"), (before + 3).min(19));
        assert_eq!(niceness(), before);
    }

    #[test]
    fn nothing_is_nothing() {
        let before = niceness();
        lower_priority(0);
        assert_eq!(niceness(), before);
    }
}
