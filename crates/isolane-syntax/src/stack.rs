use std::{panic, thread};

/// The stack of the thread that parses. The system commits what is touched only.
const STACK_BYTES: usize = if cfg!(debug_assertions) {
    2 << 30
} else {
    512 << 20
};

/// The system gave no thread with such a stack, or what ran there panicked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoStack;

/// Runs `work` on a thread of its own, whose stack suffices to parse, and to visit, what nests
/// [`MAX_NESTING`](crate::MAX_NESTING) levels deep. A panic ends there: a failed assertion of the
/// parser is no reason to end a process.
///
/// # Errors
///
/// [`NoStack`].
pub fn on_parser_stack<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, NoStack> {
    thread::scope(|scope| {
        thread::Builder::new()
            .name("isolane-parser".into())
            .stack_size(STACK_BYTES)
            .spawn_scoped(scope, || {
                panic::catch_unwind(panic::AssertUnwindSafe(work)).map_err(|_| NoStack)
            })
            .map_err(|_| NoStack)?
            .join()
            .unwrap_or(Err(NoStack))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_what_the_work_gives_and_survives_its_panic() {
        assert_eq!(on_parser_stack(|| 7), Ok(7));
        assert_eq!(
            on_parser_stack(|| panic!("on purpose")),
            Err::<(), _>(NoStack)
        );
    }
}
