//! What every worker is to see before it takes more work: [`Scheduler::post`].

use super::Scheduler;
use super::claim::Claim;
use super::slot::WorkerRef;
use super::status::Transition;
use crate::sync::atomic::{Ordering, fence};
use crate::sync::lock;

impl<T> Scheduler<T> {
    /// Lets every worker know of notice `number`, greater than those before it: those that are idle are
    /// told to look, the others look before they take more work.
    pub(crate) fn post(&self, number: u64) {
        // Release: pairs with the Acquire in `posted`. Whoever sees the number sees what it is about.
        self.posted.fetch_max(number, Ordering::Release);
        self.call_idle();
    }

    /// Tells every worker that is idle to look, for something that its looks find from now on.
    pub(crate) fn call_idle(&self) {
        // Between what there is to find and the words. Pairs with the fence in `become_idle`: either this
        // finds the worker idle, or that worker's look finds it.
        fence(Ordering::SeqCst);
        for slot in self.slots() {
            // Under the lock, so that at no moment it looks as if somebody had work for the worker.
            let mailbox = lock(&slot.mailbox);
            let generation = slot.status().0;
            // Its bit stays set, and is stale, which whoever takes it finds out.
            if slot.transit(generation, Transition::Claim) {
                // One that has been lost meanwhile needs to see nothing.
                let _ = Claim { slot, generation }.assign_in(mailbox, None);
            }
        }
    }

    /// The number of the last notice.
    pub(crate) fn posted(&self) -> u64 {
        // Acquire: pairs with the Release in `post`.
        self.posted.load(Ordering::Acquire)
    }

    /// Stops being idle if there is a notice that the worker has not seen, having seen all up to
    /// `seen`, and that it `may` turn to. False: go on waiting, or be handed something.
    #[must_use]
    pub(crate) fn withdraw_if_posted(
        &self,
        worker: WorkerRef,
        seen: u64,
        may: impl FnOnce() -> bool,
    ) -> bool {
        self.posted() > seen && may() && self.withdraw(worker)
    }
}
