//! [`Restarts`]: how workers are started again that ended before they had done anything. One at a
//! time, after a pause that doubles, until it is given up: what keeps one from starting keeps the
//! others from it, and each try costs a thread.

use std::time::{Duration, Instant};

use crate::handoff::WorkerRef;

/// Failed starts in a row after which no other is tried.
const MOST_FAILURES: u32 = 6;

/// The pause after the first failure. All pauses together are some 800 ms: as long as that a fault
/// may last that goes away by itself, and as long callers wait to hear of one that does not.
const FIRST_PAUSE: Duration = Duration::from_millis(25);

/// As many failures does one count for that had to be waited for.
const OVERDUE: u32 = 3;

/// A worker that lived so long without work has not failed to start.
const STEADY: Duration = Duration::from_secs(10);

#[derive(Debug, Default)]
pub(super) struct Restarts {
    /// Failed starts in a row.
    failures: u32,
    /// What the last of them failed for.
    last: Option<String>,
    /// The worker whose start is tried meanwhile.
    probe: Option<WorkerRef>,
    /// Workers that start once that one works.
    held: Vec<WorkerRef>,
    /// Why no other is started, if none is.
    given_up: Option<String>,
}

/// When a worker is to be started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    Now,
    After(Duration),
    /// When another works.
    Later,
}

impl Restarts {
    /// `worker` was lost, and had done nothing. `came` is when it was there, if it ever was. Why no
    /// other is to be started, if none is.
    pub(super) fn failed(
        &mut self,
        worker: WorkerRef,
        came: Option<Instant>,
        overdue: bool,
        reason: &dyn std::fmt::Display,
    ) -> Result<(), String> {
        self.refused()?;
        if self.probe.is_some_and(|probe| probe != worker) {
            return Ok(());
        }
        if came.is_some_and(|came| came.elapsed() >= STEADY) {
            self.failures = 0;
        }
        self.failures += if overdue { OVERDUE } else { 1 };
        self.probe = Some(worker.successor());
        let what = format!("workers do not start: {reason}");
        if self.failures >= MOST_FAILURES {
            self.given_up = Some(what.clone());
        }
        self.last = Some(what);
        self.refused()
    }

    /// Why no other is to be started, if none is.
    pub(super) fn refused(&self) -> Result<(), String> {
        self.given_up.clone().map_or(Ok(()), Err)
    }

    /// What the last start failed for, if none has succeeded since.
    pub(super) fn last_failure(&self) -> Option<String> {
        self.last.clone()
    }

    /// When `worker` is to be started. [`Later`](When::Later) is noted here.
    pub(super) fn when(&mut self, worker: WorkerRef) -> When {
        match self.probe {
            None => When::Now,
            Some(probe) if probe == worker => {
                When::After(FIRST_PAUSE * (1 << (self.failures.clamp(1, MOST_FAILURES) - 1)))
            }
            Some(_) => {
                self.held.push(worker);
                When::Later
            }
        }
    }

    /// A worker has work. Those that are to be started now.
    pub(super) fn works(&mut self) -> Vec<WorkerRef> {
        self.failures = 0;
        self.last = None;
        self.probe = None;
        self.release()
    }

    /// Those that wait for another.
    pub(super) fn release(&mut self) -> Vec<WorkerRef> {
        std::mem::take(&mut self.held)
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    fn worker(slot: usize) -> WorkerRef {
        WorkerRef {
            slot,
            generation: 0,
        }
    }

    #[test]
    fn one_is_tried_again_after_pauses_that_double_while_the_others_wait() {
        let mut restarts = Restarts::default();
        assert_eq!(restarts.when(worker(0)), When::Now);
        assert_eq!(restarts.when(worker(1)), When::Now);
        let mut probe = worker(0);
        let mut pauses = Vec::new();
        while restarts.failed(probe, None, false, &"why").is_ok() {
            probe = probe.successor();
            let When::After(pause) = restarts.when(probe) else {
                panic!("nobody else is tried");
            };
            pauses.push(pause.as_millis());
            if pauses.len() == 1 {
                assert_eq!(restarts.failed(worker(1), None, false, &"why"), Ok(()));
                assert_eq!(restarts.when(worker(1).successor()), When::Later);
            }
        }
        assert_eq!(pauses, [25, 50, 100, 200, 400]);
        let reason = "workers do not start: why".to_owned();
        assert_eq!(restarts.refused(), Err(reason));
        assert_eq!(restarts.release(), [worker(1).successor()]);
    }

    #[test]
    fn a_worker_that_works_clears_the_account() {
        let mut restarts = Restarts::default();
        for _ in 0..20 {
            assert_eq!(restarts.failed(worker(0), None, false, &"why"), Ok(()));
            assert_eq!(restarts.when(worker(1)), When::Later);
            assert_eq!(restarts.works(), [worker(1)]);
            assert_eq!(restarts.when(worker(0)), When::Now);
        }
    }

    #[test]
    fn starts_that_had_to_be_waited_for_are_given_up_sooner() {
        let mut restarts = Restarts::default();
        assert_eq!(restarts.failed(worker(0), None, true, &"why"), Ok(()));
        let again = worker(0).successor();
        assert!(restarts.failed(again, None, true, &"why").is_err());
    }
}
