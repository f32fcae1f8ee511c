//! [`Presence`]: which workers the host has been told of. Each of them goes once, and none goes that
//! was never there.

use crate::handoff::WorkerRef;
use crate::sync::{Mutex, lock};

#[derive(Debug)]
pub(super) struct Presence {
    /// By slot. Written by whoever brings a worker up, by the worker once it is there, and by
    /// whoever ends it.
    holders: Box<[Mutex<Holder>]>,
}

/// The present holder of a slot, or the last one.
#[derive(Debug, Default)]
struct Holder {
    generation: u64,
    id: u32,
    told: Told,
    /// Whether the host was told of it.
    came: bool,
    /// The holder before that came.
    before: Option<u32>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Told {
    #[default]
    Nothing,
    Created,
    Gone,
}

/// A worker that has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ended {
    pub(super) id: u32,
    /// Whether the host knew of it.
    pub(super) was_there: bool,
}

impl Presence {
    pub(super) fn new(slots: usize) -> Self {
        Self {
            holders: (0..slots).map(|_| Mutex::default()).collect(),
        }
    }

    /// `worker` starts.
    pub(super) fn begin(&self, worker: WorkerRef, id: u32) {
        let mut holder = lock(&self.holders[worker.slot]);
        let before = if holder.came {
            Some(holder.id)
        } else {
            holder.before
        };
        *holder = Holder {
            generation: worker.generation,
            id,
            told: Told::Nothing,
            came: false,
            before,
        };
    }

    /// `worker` is there. `tell` gets its id, and that of the one that it replaces; it runs under the lock,
    /// unless the worker has ended meanwhile.
    pub(super) fn come(&self, worker: WorkerRef, tell: impl FnOnce(u32, Option<u32>)) {
        let mut holder = lock(&self.holders[worker.slot]);
        if holder.generation == worker.generation && holder.told == Told::Nothing {
            holder.told = Told::Created;
            holder.came = true;
            tell(holder.id, holder.before);
        }
    }

    /// `worker` has ended. Before its slot goes to the next.
    pub(super) fn end(&self, worker: WorkerRef) -> Ended {
        let mut holder = lock(&self.holders[worker.slot]);
        debug_assert_eq!(holder.generation, worker.generation, "ended too late");
        let was_there = holder.told == Told::Created;
        holder.told = Told::Gone;
        Ended {
            id: holder.id,
            was_there,
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    const WORKER: WorkerRef = WorkerRef {
        slot: 0,
        generation: 0,
    };

    #[test]
    fn only_a_worker_that_was_there_goes_and_only_one_that_has_not_gone_comes() {
        let presence = Presence::new(1);
        presence.begin(WORKER, 7);
        assert!(!presence.end(WORKER).was_there);
        presence.come(WORKER, |_, _| panic!("it has gone"));
        presence.begin(WORKER.successor(), 8);
        presence.come(WORKER, |_, _| panic!("the slot is another's"));
        let mut came = None;
        presence.come(WORKER.successor(), |id, before| came = Some((id, before)));
        assert_eq!(came, Some((8, None)));
        let was_there = true;
        assert_eq!(presence.end(WORKER.successor()), Ended { id: 8, was_there });
    }

    #[test]
    fn one_that_comes_replaces_the_last_that_was_there() {
        let presence = Presence::new(1);
        let next = WORKER.successor();
        presence.begin(WORKER, 7);
        presence.come(WORKER, |_, before| assert_eq!(before, None));
        presence.end(WORKER);
        presence.begin(next, 8);
        presence.end(next);
        presence.begin(next.successor(), 9);
        let mut replaced = None;
        presence.come(next.successor(), |_, before| replaced = before);
        assert_eq!(replaced, Some(7));
    }
}
