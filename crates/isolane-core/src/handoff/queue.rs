//! [`Injector`]: where work waits when no worker is idle, one queue per priority.

use crate::Priority;
use crate::sync::SegQueue;

/// Every so many pulls of a worker start at the lowest priority, so that a steady stream of urgent jobs
/// delays the others and does not starve them.
const LOW_FIRST_EVERY: u32 = 8;

#[derive(Debug)]
pub(crate) struct Injector<T> {
    /// By rising priority. Free of locks: dispatchers push, workers and dispatchers pop.
    queues: [SegQueue<T>; 3],
}

/// Counts the pulls of one worker.
#[derive(Debug, Default)]
pub(crate) struct Turn(u32);

impl Turn {
    fn low_first(&mut self) -> bool {
        self.0 = (self.0 + 1) % LOW_FIRST_EVERY;
        self.0 == 0
    }
}

impl<T> Injector<T> {
    pub(crate) fn new() -> Self {
        Self {
            queues: [SegQueue::new(), SegQueue::new(), SegQueue::new()],
        }
    }

    pub(crate) fn push(&self, item: T, priority: Priority) {
        self.queues[priority as usize].push(item);
    }

    pub(crate) fn pop(&self, turn: &mut Turn) -> Option<T> {
        if turn.low_first() {
            self.queues.iter().find_map(SegQueue::pop)
        } else {
            self.queues.iter().rev().find_map(SegQueue::pop)
        }
    }

    /// As a worker's pull, with where it stood.
    pub(crate) fn pop_highest(&self) -> Option<(T, Priority)> {
        let by_falling = [Priority::High, Priority::Normal, Priority::Low];
        by_falling
            .into_iter()
            .find_map(|priority| Some((self.queues[priority as usize].pop()?, priority)))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.queues.iter().all(SegQueue::is_empty)
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn high_goes_first_and_low_is_not_starved() {
        let injector = Injector::new();
        let mut turn = Turn::default();
        injector.push("low", Priority::Low);
        for _ in 0..20 {
            injector.push("high", Priority::High);
        }
        let order: Vec<_> = std::iter::from_fn(|| injector.pop(&mut turn)).collect();
        assert_eq!(order.len(), 21);
        assert_eq!(order[0], "high");
        assert!(order.iter().position(|&item| item == "low") < Some(LOW_FIRST_EVERY as usize));
        assert!(injector.is_empty());
    }
}
