//! [`Scheduler`]: brings work and workers together.
//!
//! Work goes straight into the mailbox of an idle worker, or into the injector when there is none.
//! `README.md` beside this file has the protocol and the argument that no wake-up is lost.

mod absence;
mod claim;
mod idle;
mod notices;
mod parker;
mod permits;
mod queue;
mod slot;
mod spinning;
mod status;
#[cfg(all(test, not(loom)))]
mod tests;

use std::sync::Arc;
use std::time::Instant;

use crossbeam::utils::CachePadded;

use self::claim::Claim;
use self::idle::IdleSet;
use self::queue::Injector;
use self::slot::Slot;
use self::status::Transition;
use crate::Priority;
use crate::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering, fence};
use crate::sync::lock;

pub(crate) use self::parker::Parker;
pub(crate) use self::permits::Permits;
pub(crate) use self::queue::Turn;
pub(crate) use self::slot::{Progress, WorkerRef};
pub(crate) use self::spinning::Spinners;
pub use self::status::{WorkerState, WorkerStatus};

/// Status array, idle set and injector of a pool. `T` is what is handed to workers.
#[derive(Debug)]
pub(crate) struct Scheduler<T> {
    slots: Box<[CachePadded<Slot<T>>]>,
    /// Workers with nothing to do, which are preferred. Each enters itself; dispatchers take them.
    idle: IdleSet,
    /// Those that wait for calls of theirs and could take another, likewise.
    awaiting: IdleSet,
    /// The slot of the adopted worker that was absent last. Written by such workers, Relaxed: a hint.
    last_to_leave: AtomicUsize,
    /// Filled by dispatchers, emptied by workers and by dispatchers that found one idle after all.
    injector: Injector<T>,
    /// Written once, Release, by whoever stops the pool; read by workers, Acquire.
    stopping: AtomicBool,
    /// The number of the last notice; see `notices.rs`.
    posted: AtomicU64,
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

/// The dispatcher's side, on any thread.
impl<T> Scheduler<T> {
    pub(crate) fn new(workers: usize) -> Self {
        Self {
            slots: (0..workers)
                .map(|_| CachePadded::new(Slot::new()))
                .collect(),
            idle: IdleSet::new(workers),
            awaiting: IdleSet::new(workers),
            last_to_leave: AtomicUsize::new(0),
            injector: Injector::new(),
            stopping: AtomicBool::new(false),
            posted: AtomicU64::new(0),
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

    /// Hands `item` to an idle worker, or queues it. Whether the queue has something then.
    pub(crate) fn dispatch(&self, mut item: T, priority: Priority) -> bool {
        while let Some(claim) = self.claim() {
            match claim.assign(Some(item)) {
                Ok(()) => return false,
                Err(returned) => item = returned.expect("assign gives back what it got"),
            }
        }
        self.enqueue(item, priority)
    }

    /// Queues `item`, then looks again whether a worker has become idle meanwhile, unless one comes in
    /// a moment. Returns as above.
    pub(crate) fn enqueue(&self, item: T, priority: Priority) -> bool {
        let comes = self.expects();
        self.injector.push(item, priority);
        // Between the push and the scan. Pairs with the fence in `become_idle`: either this scan sees
        // the idle worker or that worker's look into the queue sees the item. Pairs with the fence in
        // `come_back` likewise: while the absence lasts here, that worker's look sees the item.
        fence(Ordering::SeqCst);
        (comes && self.last_to_leave().lasts()) || self.hand_out()
    }

    /// Hands what is queued to idle workers; what comes back is queued again. Whether the queue has
    /// something then.
    pub(crate) fn hand_out(&self) -> bool {
        while !self.injector.is_empty() {
            let Some(claim) = self.claim() else {
                return true;
            };
            self.hand_first(claim);
        }
        false
    }

    /// Hands what comes first to a worker that was claimed; if that has been lost, queues it again, as
    /// urgent as it was.
    fn hand_first(&self, claim: Claim<'_, T>) {
        let Some((item, priority)) = self.injector.pop_highest() else {
            // If it has been lost, it needs no answer.
            let _ = claim.assign(None);
            return;
        };
        if let Err(Some(item)) = claim.assign(Some(item)) {
            self.injector.push(item, priority);
            // As in `enqueue`; the caller looks for an idle worker once more.
            fence(Ordering::SeqCst);
        }
    }

    /// Queues `item` for the caller, who looks into the queue when it is done with what it has, or for an
    /// idle worker, which is told to look: whichever comes first. It takes a sleeper a while to
    /// wake, and longer where it gets no CPU; what lies in its mailbox would wait for that.
    pub(crate) fn offer(&self, item: T, priority: Priority) {
        self.injector.push(item, priority);
        // As in `enqueue`.
        fence(Ordering::SeqCst);
        while let Some(claim) = self.claim() {
            if claim.assign(None).is_ok() {
                return;
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

    /// Takes back what `worker` was handed and has not come for. It is told to look into the queue
    /// instead.
    pub(crate) fn take_back(&self, worker: WorkerRef) -> Option<T> {
        // Under the mailbox's lock, so that mail is this worker's as long as its word says so: the next
        // holder's mailbox is filled under this lock, too.
        let mut mailbox = lock(&self.slot(worker.slot).mailbox);
        if self.slot(worker.slot).status() != (worker.generation, WorkerState::Assigned) {
            return None;
        }
        mailbox.mail.take()
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

    /// Gives the slot of a worker that has left, since it could not start, to the next.
    #[must_use]
    pub(crate) fn restart(&self, worker: WorkerRef) -> bool {
        self.transit(worker, Transition::Restart)
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
