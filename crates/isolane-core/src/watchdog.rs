//! [`Watchdog`]: one thread and one ordered set of alarms for all the limits of a pool.
//!
//! An alarm is removed when what it watches is over, so the set is as large as what is running.

use std::collections::BTreeMap;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::sync::{Condvar, Mutex, lock, unpoisoned};

/// Names an alarm: when it is due, and a number that makes it unique.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct AlarmKey {
    due: Instant,
    number: u64,
}

/// `A` is what an alarm carries.
#[derive(Debug)]
pub(crate) struct Watchdog<A> {
    /// Written by those who set and remove alarms, and by the thread.
    state: Mutex<State<A>>,
    /// The thread waits on it, under the lock of the state.
    wake: Condvar,
    /// Written by whoever starts the thread, by the thread at its end, and by whoever waits for it.
    thread: Mutex<Thread>,
    /// The thread has ended. Waited on under the lock of `thread`.
    ended: Condvar,
}

#[derive(Debug)]
struct Thread {
    /// Present from the start of the thread until it is joined.
    handle: Option<JoinHandle<()>>,
    runs: bool,
}

#[derive(Debug)]
struct State<A> {
    alarms: BTreeMap<AlarmKey, A>,
    next_number: u64,
    /// When the thread looks next on its own; `None` while it is not asleep with a limit.
    wakes_at: Option<Instant>,
    stopped: bool,
}

impl<A> Watchdog<A> {
    pub(crate) fn new() -> Self {
        Self {
            state: Mutex::new(State {
                alarms: BTreeMap::new(),
                next_number: 0,
                wakes_at: None,
                stopped: false,
            }),
            wake: Condvar::new(),
            thread: Mutex::new(Thread {
                handle: None,
                runs: false,
            }),
            ended: Condvar::new(),
        }
    }

    /// Starts the thread, of a pool called `pool`, unless it has been started. `body` must
    /// [run](Self::run) the watchdog. An error says in words what went wrong.
    pub(crate) fn start(
        &self,
        pool: &str,
        body: impl FnOnce() + Send + 'static,
    ) -> Result<(), String> {
        let mut thread = lock(&self.thread);
        if thread.handle.is_none() {
            let handle = thread::Builder::new()
                .name(format!("{pool}-watchdog"))
                .spawn(body)
                .map_err(|error| format!("the watchdog thread cannot start: {error}"))?;
            thread.handle = Some(handle);
            thread.runs = true;
        }
        Ok(())
    }

    /// Waits until the thread has ended, if it was started, but no longer than `limit`. False if it
    /// has not.
    pub(crate) fn join(&self, limit: Duration) -> bool {
        let since = Instant::now();
        let mut thread = lock(&self.thread);
        while thread.runs {
            let left = limit.saturating_sub(since.elapsed());
            if left.is_zero() {
                return false;
            }
            thread = unpoisoned(self.ended.wait_timeout(thread, left)).0;
        }
        let handle = thread.handle.take();
        drop(thread);
        if let Some(handle) = handle {
            // It has done all it does; only its end is left.
            let _ = handle.join();
        }
        true
    }

    /// Sets an alarm.
    pub(crate) fn add(&self, due: Instant, alarm: A) -> AlarmKey {
        let mut state = lock(&self.state);
        let key = AlarmKey {
            due,
            number: state.next_number,
        };
        state.next_number += 1;
        state.alarms.insert(key, alarm);
        if state.wakes_at.is_none_or(|at| due < at) {
            self.wake.notify_one();
        }
        key
    }

    /// Removes an alarm; nothing happens if it has gone off. What it carried is dropped by the
    /// caller, outside of the lock.
    pub(crate) fn remove(&self, key: AlarmKey) -> Option<A> {
        lock(&self.state).alarms.remove(&key)
    }

    /// Ends [`run`](Self::run).
    pub(crate) fn stop(&self) {
        lock(&self.state).stopped = true;
        self.wake.notify_one();
    }

    /// Lets alarms go off when they are due, on this thread, until it is [stopped](Self::stop).
    pub(crate) fn run(&self, mut go_off: impl FnMut(A)) {
        while let Some(alarm) = self.next() {
            go_off(alarm);
        }
        lock(&self.thread).runs = false;
        self.ended.notify_all();
    }

    /// Waits for an alarm to be due.
    fn next(&self) -> Option<A> {
        let mut state = lock(&self.state);
        loop {
            if state.stopped {
                return None;
            }
            let Some(first) = state.alarms.first_entry() else {
                state.wakes_at = None;
                state = unpoisoned(self.wake.wait(state));
                continue;
            };
            let (now, due) = (Instant::now(), first.key().due);
            if due <= now {
                return Some(first.remove());
            }
            state.wakes_at = Some(due);
            state = unpoisoned(self.wake.wait_timeout(state, due - now)).0;
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn alarms_go_off_in_the_order_in_which_they_are_due() {
        let watchdog = Watchdog::new();
        let now = Instant::now();
        watchdog.add(now + Duration::from_millis(20), 'c');
        watchdog.add(now + Duration::from_millis(10), 'b');
        let removed = watchdog.add(now + Duration::from_millis(5), 'x');
        assert_eq!(watchdog.remove(removed), Some('x'));
        watchdog.add(now, 'a');
        let mut order = String::new();
        watchdog.run(|alarm| {
            order.push(alarm);
            if order.len() == 3 {
                watchdog.stop();
            }
        });
        assert_eq!(order, "abc");
        assert_eq!(watchdog.remove(removed), None);
    }

    #[test]
    fn an_earlier_alarm_wakes_a_thread_that_waits_for_a_later_one() {
        let watchdog = Watchdog::new();
        let now = Instant::now();
        watchdog.add(now + Duration::from_secs(3600), 'z');
        std::thread::scope(|scope| {
            let ran = scope.spawn(|| {
                let mut first = None;
                watchdog.run(|alarm| {
                    first = Some(alarm);
                    watchdog.stop();
                });
                first
            });
            watchdog.add(now + Duration::from_millis(5), 'a');
            assert_eq!(ran.join().expect("ran"), Some('a'));
        });
    }
}
