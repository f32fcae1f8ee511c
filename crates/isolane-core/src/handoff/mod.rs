//! [`Scheduler`]: brings work and workers together.
//!
//! Work goes straight into the mailbox of an idle worker, or into the injector when there is none.
//! `README.md` beside this file has the protocol and the argument that no wake-up is lost.

mod idle;
mod parker;
mod queue;
mod slot;
mod spinning;
mod status;

use std::sync::Arc;
use std::time::Instant;

use crossbeam::utils::CachePadded;

use self::idle::IdleSet;
use self::queue::Injector;
use self::slot::Slot;
use self::status::Transition;
use crate::Priority;
use crate::sync::atomic::{AtomicBool, Ordering, fence};
use crate::sync::lock;

pub(crate) use self::parker::Parker;
pub(crate) use self::queue::Turn;
pub(crate) use self::slot::{Progress, WorkerRef};
pub(crate) use self::spinning::{SPIN, Spinners};
pub use self::status::{WorkerState, WorkerStatus};

/// Status array, idle set and injector of a pool. `T` is what is handed to workers.
#[derive(Debug)]
pub(crate) struct Scheduler<T> {
    slots: Box<[CachePadded<Slot<T>>]>,
    /// Workers with nothing to do, which are preferred. Each enters itself; dispatchers take them.
    idle: IdleSet,
    /// Those that wait for calls of theirs and could take another, likewise.
    awaiting: IdleSet,
    /// Filled by dispatchers, emptied by workers and by dispatchers that found one idle after all.
    injector: Injector<T>,
    /// Written once, Release, by whoever stops the pool; read by workers, Acquire.
    stopping: AtomicBool,
}

/// What a waiting worker finds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found<T> {
    /// It was handed something.
    Work(T),
    /// Somebody saw something in the queue; it may be gone by now.
    LookInQueue,
    /// The pool stops.
    Stop,
    /// It was given up and must end.
    Lost,
}

/// The right to hand something to one idle worker; the worker waits for it, so it must be used.
#[derive(Debug)]
#[must_use]
pub(crate) struct Claim<'a, T> {
    slot: &'a Slot<T>,
    generation: u64,
}

impl<T> Claim<'_, T> {
    /// Hands `mail` over and wakes the worker. Gives it back if the worker has been lost.
    pub(crate) fn assign(self, mail: Option<T>) -> Result<(), Option<T>> {
        let mut mailbox = lock(&self.slot.mailbox);
        if !self.slot.transit(self.generation, Transition::Assign) {
            return Err(mail);
        }
        mailbox.mail = mail;
        let sleeper = Arc::clone(&mailbox.sleeper);
        drop(mailbox);
        #[cfg(feature = "fault-injection")]
        crate::faults::wake_late();
        sleeper.unpark();
        Ok(())
    }
}

/// The dispatcher's side, on any thread.
impl<T> Scheduler<T> {
    pub(crate) fn new(workers: usize) -> Self {
        Self {
            slots: (0..workers)
                .map(|_| CachePadded::new(Slot::new()))
                .collect(),
            idle: IdleSet::new(workers),
            awaiting: IdleSet::new(workers),
            injector: Injector::new(),
            stopping: AtomicBool::new(false),
        }
    }

    pub(crate) fn slots(&self) -> impl ExactSizeIterator<Item = &Slot<T>> {
        self.slots.iter().map(|slot| &**slot)
    }

    pub(crate) fn slot(&self, index: usize) -> &Slot<T> {
        &self.slots[index]
    }

    /// Takes the lowest idle worker off the idle set.
    pub(crate) fn claim(&self) -> Option<Claim<'_, T>> {
        loop {
            let lowest = self.idle.take_lowest();
            let slot = self.slot(lowest.or_else(|| self.awaiting.take_lowest())?);
            let generation = slot.status().0;
            // Fails when the bit was stale; whoever makes that worker idle sets it again.
            if slot.transit(generation, Transition::Claim) {
                return Some(Claim { slot, generation });
            }
        }
    }

    /// Hands `item` to an idle worker, or queues it.
    pub(crate) fn dispatch(&self, mut item: T, priority: Priority) {
        while let Some(claim) = self.claim() {
            match claim.assign(Some(item)) {
                Ok(()) => return,
                Err(returned) => item = returned.expect("assign gives back what it got"),
            }
        }
        self.enqueue(item, priority);
    }

    /// Queues `item`, then looks again whether a worker has become idle meanwhile.
    pub(crate) fn enqueue(&self, item: T, priority: Priority) {
        self.injector.push(item, priority);
        // Between the push and the scan. Pairs with the fence in `become_idle`: either this scan sees
        // the idle worker or that worker's look into the queue sees the item.
        fence(Ordering::SeqCst);
        while !self.injector.is_empty() {
            let Some(claim) = self.claim() else { return };
            if let Err(Some(item)) = claim.assign(self.injector.pop_highest()) {
                return self.dispatch(item, priority);
            }
        }
    }

    /// Makes all workers end, once they find nothing more to do. True the first time.
    pub(crate) fn stop(&self) -> bool {
        // Release: pairs with the Acquire in `is_stopping`. A sleeper sees it by the token.
        let first = !self.stopping.swap(true, Ordering::Release);
        for slot in self.slots() {
            // A thread that takes the slot later has this lock after us, and sees the flag.
            let sleeper = Arc::clone(&lock(&slot.mailbox).sleeper);
            sleeper.unpark();
        }
        first
    }

    pub(crate) fn is_stopping(&self) -> bool {
        // Acquire: pairs with the Release in `stop`.
        self.stopping.load(Ordering::Acquire)
    }

    /// Notes that what `worker` runs was interrupted.
    pub(crate) fn interrupt(&self, worker: WorkerRef) {
        // It may have finished or been lost meanwhile: then there is nothing to note.
        let _ = self.transit(worker, Transition::Interrupt);
    }

    /// Gives the worker up. `None` if it was not there any more; otherwise what lay in
    /// its mailbox.
    pub(crate) fn lose(&self, worker: WorkerRef) -> Option<Option<T>> {
        // Under the mailbox's lock, so that a claimer has either filled it before, or finds the
        // worker lost.
        let mut mailbox = lock(&self.slot(worker.slot).mailbox);
        if !self.transit(worker, Transition::Lose) {
            return None;
        }
        let mail = mailbox.mail.take();
        let sleeper = Arc::clone(&mailbox.sleeper);
        drop(mailbox);
        // Should it sleep, it wakes to find itself lost.
        sleeper.unpark();
        Some(mail)
    }

    /// Takes a slot for a worker that was asked for. False if somebody else has, or if it is not
    /// wanted any more.
    #[must_use]
    pub(crate) fn adopt(&self, worker: WorkerRef) -> bool {
        self.transit(worker, Transition::Adopt)
    }

    /// Does without the worker that was asked for. False if it is there already.
    #[must_use]
    pub(crate) fn dismiss(&self, slot: usize) -> bool {
        let slot = self.slot(slot);
        slot.transit(slot.status().0, Transition::Dismiss)
    }

    /// Gives the slot of a lost worker to the next.
    #[must_use]
    pub(crate) fn replace(&self, worker: WorkerRef) -> bool {
        self.transit(worker, Transition::Replace)
    }

    #[must_use]
    fn transit(&self, worker: WorkerRef, transition: Transition) -> bool {
        self.slot(worker.slot)
            .transit(worker.generation, transition)
    }
}

/// The worker's side, on its own thread.
impl<T> Scheduler<T> {
    /// Makes this thread the one that is woken for what the holder of the slot is handed. Before
    /// the worker is first idle.
    pub(crate) fn register_thread(&self, slot: usize) -> Arc<Parker> {
        let parker = Arc::new(Parker::new());
        lock(&self.slot(slot).mailbox).sleeper = Arc::clone(&parker);
        parker
    }

    /// Whether the worker has been given up.
    pub(crate) fn is_lost(&self, worker: WorkerRef) -> bool {
        let (generation, state) = self.slot(worker.slot).status();
        generation != worker.generation || state == WorkerState::Lost
    }

    /// Takes work from the queue.
    pub(crate) fn pop(&self, turn: &mut Turn) -> Option<T> {
        self.injector.pop(turn)
    }

    /// Notes that the worker has a chunk. False if it has been lost.
    #[must_use]
    pub(crate) fn begin(&self, worker: WorkerRef) -> bool {
        self.transit(worker, Transition::Begin)
    }

    /// Gives the slot to the next worker on this thread. False if this one has been lost.
    #[must_use]
    pub(crate) fn renew(&self, worker: WorkerRef) -> bool {
        self.transit(worker, Transition::Renew)
    }

    /// Notes that the worker ends. False if it has been lost.
    #[must_use]
    pub(crate) fn leave(&self, worker: WorkerRef) -> bool {
        self.transit(worker, Transition::Leave)
    }

    /// Becomes idle: from now on others may hand it work. False if the worker has been lost.
    ///
    /// Before it waits it must look for what was queued before it could be seen to be idle, with
    /// [`withdraw_if_queued`](Self::withdraw_if_queued).
    #[must_use]
    pub(crate) fn become_idle(&self, worker: WorkerRef) -> bool {
        self.become_idle_in(&self.idle, worker)
    }

    /// As [`become_idle`](Self::become_idle), for a worker that has running calls: taken when no other is
    /// idle.
    #[must_use]
    pub(crate) fn become_awaiting(&self, worker: WorkerRef) -> bool {
        self.become_idle_in(&self.awaiting, worker)
    }

    fn become_idle_in(&self, set: &IdleSet, worker: WorkerRef) -> bool {
        if !self.transit(worker, Transition::BecomeIdle) {
            return false;
        }
        set.insert(worker.slot);
        // Between becoming idle and looking into the queue. Pairs with the fence in `enqueue`.
        fence(Ordering::SeqCst);
        true
    }

    /// Stops being idle if the queue has something. False: go on waiting, or be handed something.
    #[must_use]
    pub(crate) fn withdraw_if_queued(&self, worker: WorkerRef) -> bool {
        !self.injector.is_empty() && self.withdraw(worker)
    }

    /// Stops being idle. False if somebody has claimed the worker, or it has been lost.
    #[must_use]
    pub(crate) fn withdraw(&self, worker: WorkerRef) -> bool {
        self.idle.remove(worker.slot);
        self.awaiting.remove(worker.slot);
        self.transit(worker, Transition::Withdraw)
    }

    /// What an idle worker has been given by now.
    pub(crate) fn poll(&self, worker: WorkerRef) -> Option<Found<T>> {
        let (generation, state) = self.slot(worker.slot).status();
        if generation != worker.generation {
            return Some(Found::Lost);
        }
        match state {
            WorkerState::Assigned => Some(self.open_mail(worker)),
            WorkerState::Lost => Some(Found::Lost),
            WorkerState::Idle if self.is_stopping() && self.withdraw(worker) => Some(Found::Stop),
            _ => None,
        }
    }

    fn open_mail(&self, worker: WorkerRef) -> Found<T> {
        match self.slot(worker.slot).take_mail() {
            Some(item) => Found::Work(item),
            None if self.transit(worker, Transition::LookInQueue) => Found::LookInQueue,
            None => Found::Lost,
        }
    }

    /// Sleeps on `parker`, with which it has registered, until [`poll`](Self::poll) finds
    /// something.
    pub(crate) fn park(&self, worker: WorkerRef, parker: &Parker) -> Found<T> {
        loop {
            if let Some(found) = self.poll(worker) {
                return found;
            }
            parker.park();
        }
    }

    /// As [`park`](Self::park), but no longer than until `deadline`.
    pub(crate) fn park_until(
        &self,
        worker: WorkerRef,
        parker: &Parker,
        deadline: Instant,
    ) -> Option<Found<T>> {
        loop {
            if let Some(found) = self.poll(worker) {
                return Some(found);
            }
            if Instant::now() >= deadline {
                return None;
            }
            parker.park_until(deadline);
        }
    }

    /// Goes to wait elsewhere, still idle; its [waker](Parker::set_waker) is called as soon
    /// as there is something. `Some`: there is, and it has not gone.
    pub(crate) fn wait_elsewhere(&self, worker: WorkerRef, parker: &Parker) -> Option<Found<T>> {
        loop {
            if let Some(found) = self.poll(worker) {
                return Some(found);
            }
            if parker.go_away() {
                return None;
            }
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
    fn work_goes_to_an_idle_worker_and_else_to_the_queue() {
        let scheduler = Scheduler::new(1);
        scheduler.dispatch('a', Priority::Normal);
        assert!(scheduler.become_idle(WORKER));
        assert!(scheduler.withdraw_if_queued(WORKER));
        assert_eq!(scheduler.pop(&mut Turn::default()), Some('a'));
        assert!(scheduler.become_idle(WORKER));
        assert!(!scheduler.withdraw_if_queued(WORKER));
        assert_eq!(scheduler.poll(WORKER), None);
        let parker = scheduler.register_thread(0);
        scheduler.dispatch('b', Priority::Normal);
        assert_eq!(scheduler.park(WORKER, &parker), Found::Work('b'));
    }

    #[test]
    fn what_a_lost_worker_was_handed_is_given_back() {
        let scheduler = Scheduler::new(1);
        assert!(scheduler.become_idle(WORKER));
        scheduler.dispatch('a', Priority::Normal);
        assert_eq!(scheduler.lose(WORKER), Some(Some('a')));
        assert_eq!(scheduler.lose(WORKER), None);
        assert_eq!(scheduler.poll(WORKER), Some(Found::Lost));
    }

    #[test]
    fn a_claim_on_a_worker_that_is_lost_gives_the_item_back() {
        let scheduler = Scheduler::new(1);
        assert!(scheduler.become_idle(WORKER));
        let claim = scheduler.claim().expect("idle");
        assert_eq!(scheduler.lose(WORKER), Some(None));
        assert!(scheduler.replace(WORKER));
        assert!(scheduler.become_idle(WORKER.successor()));
        assert_eq!(claim.assign(Some('a')), Err(Some('a')));
        assert_eq!(scheduler.poll(WORKER.successor()), None);
    }
}
