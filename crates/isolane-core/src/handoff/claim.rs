//! [`Claim`]: an idle worker that has been taken for one item.

use std::sync::Arc;

use super::slot::{Mailbox, Slot};
use super::status::Transition;
use crate::sync::{MutexGuard, lock};

/// The right to hand something to one idle worker; the worker waits for it, so it must be used.
#[derive(Debug)]
#[must_use]
pub(crate) struct Claim<'a, T> {
    pub(super) slot: &'a Slot<T>,
    pub(super) generation: u64,
}

impl<T> Claim<'_, T> {
    /// Hands `mail` over and wakes the worker. Gives it back if the worker has been lost.
    pub(crate) fn assign(self, mail: Option<T>) -> Result<(), Option<T>> {
        let mailbox = lock(&self.slot.mailbox);
        self.assign_in(mailbox, mail)
    }

    /// As [`assign`](Self::assign), under the mailbox's lock.
    pub(super) fn assign_in(
        self,
        mut mailbox: MutexGuard<'_, Mailbox<T>>,
        mail: Option<T>,
    ) -> Result<(), Option<T>> {
        if !self.slot.transit(self.generation, Transition::Assign) {
            return Err(mail);
        }
        mailbox.is_empty = mail.is_none();
        mailbox.mail = mail;
        let sleeper = Arc::clone(&mailbox.sleeper);
        drop(mailbox);
        #[cfg(feature = "fault-injection")]
        crate::faults::wake_late();
        sleeper.unpark();
        Ok(())
    }
}
