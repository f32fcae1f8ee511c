//! Memory of JavaScript's that workers read and write while a job lasts: what `move` gave up, and
//! arrays that results are put into.
//!
//! A strong reference keeps the buffer, and so its memory, for as long as its environment lives. It
//! can only be let go on the environment's thread, and V8 frees the memory under it when the
//! environment goes away: then a worker that cannot be stopped may still be about. So workers get at
//! the memory only through [`HostMemory`], a block copy at a time, and whoever is about to let it go
//! takes it back first.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;
use std::ptr::NonNull;
use std::rc::{Rc, Weak};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use isolane_core::{Loan, TakenBack};
use napi::bindgen_prelude::{ArrayBuffer, JsValue, ObjectRef};
use napi::{Env, Result};

/// The memory of one buffer, until it is taken back.
pub(crate) struct HostMemory(RwLock<Option<Span>>);

#[derive(Clone, Copy)]
struct Span {
    start: NonNull<u8>,
    length: usize,
}

// SAFETY: the memory belongs to nobody but those who come by this: JavaScript has given the buffer
// away and does not look into it before it is taken back. Reads and writes go through the lock.
unsafe impl Send for Span {}
// SAFETY: as above; a shared `Span` only gives its address away.
unsafe impl Sync for Span {}

impl HostMemory {
    fn new(start: NonNull<u8>, length: usize) -> Self {
        Self(RwLock::new(Some(Span { start, length })))
    }

    /// Waits for those who are copying, a matter of milliseconds; nobody comes by it afterwards.
    fn take_back(&self) {
        // Poisoning is passed over, here and below: what panicked was a copy, half-way.
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// The memory from `range.start` to `range.end`; valid while the guard is held.
    fn span(
        &self,
        range: Range<usize>,
    ) -> std::result::Result<(RwLockReadGuard<'_, Option<Span>>, NonNull<u8>), TakenBack> {
        let guard = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let span = guard.ok_or(TakenBack)?;
        if range.start > range.end || range.end > span.length {
            return Err(TakenBack);
        }
        // SAFETY: inside of the memory, as checked.
        let start = unsafe { span.start.add(range.start) };
        Ok((guard, start))
    }
}

impl Loan for HostMemory {
    fn read(
        &self,
        range: Range<usize>,
        visit: &mut dyn FnMut(&[u8]),
    ) -> std::result::Result<(), TakenBack> {
        let length = range.len();
        let (_guard, start) = self.span(range)?;
        // SAFETY: inside of the memory (`span`), which is valid while the guard is held (`Loans`), and
        // which nobody writes: a loan is either read or written, see `Loans::lend`.
        visit(unsafe { std::slice::from_raw_parts(start.as_ptr(), length) });
        Ok(())
    }

    fn write(&self, offset: usize, bytes: &[u8]) -> std::result::Result<(), TakenBack> {
        let end = offset.checked_add(bytes.len()).ok_or(TakenBack)?;
        let (_guard, start) = self.span(offset..end)?;
        // SAFETY: inside of the memory, as above; the caller answers for nobody else being in that
        // range (`Loan::write`): it is that of a chunk's own items.
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), start.as_ptr(), bytes.len()) };
        Ok(())
    }
}

/// What a pool has borrowed. Lives on the environment's thread.
#[derive(Default)]
pub(crate) struct Loans(RefCell<HashMap<u32, Vec<Lent>>>);

struct Lent {
    memory: Arc<HostMemory>,
    /// Keeps the buffer, and with it the memory.
    buffer: ObjectRef<false>,
}

thread_local! {
    /// The loans of the environment on this thread; Node has one environment a thread.
    static ALL: RefCell<Vec<Weak<Loans>>> = const { RefCell::new(Vec::new()) };
}

impl Loans {
    /// Loans that are taken back with the environment.
    pub(crate) fn new() -> Rc<Self> {
        let loans = Rc::new(Self::default());
        ALL.with_borrow_mut(|all| {
            all.retain(|loans| loans.strong_count() > 0);
            all.push(Rc::downgrade(&loans));
        });
        loans
    }

    /// Borrows a buffer for `job`, to be read only or to be written only. JavaScript must not use it
    /// before the job has ended, and never detach it.
    pub(crate) fn lend(&self, job: u32, buffer: &ArrayBuffer<'_>) -> Result<Arc<HostMemory>> {
        let start = NonNull::from(&**buffer).cast::<u8>();
        let memory = Arc::new(HostMemory::new(start, buffer.len()));
        self.0.borrow_mut().entry(job).or_default().push(Lent {
            memory: Arc::clone(&memory),
            buffer: buffer.coerce_to_object()?.create_ref()?,
        });
        Ok(memory)
    }

    /// Gives back what was borrowed for `job`, which has ended.
    pub(crate) fn give_back(&self, env: &Env, job: u32) {
        for Lent { memory, buffer } in self.0.borrow_mut().remove(&job).unwrap_or_default() {
            memory.take_back();
            // A failure leaves the buffer to the end of the environment.
            let _ = buffer.unref(env);
        }
    }

    /// Lets nobody come by the memory any more; the buffers go with the environment.
    fn take_back(&self) {
        for lent in self.0.borrow().values().flatten() {
            lent.memory.take_back();
        }
    }
}

/// The pool's JavaScript object is gone, or its environment.
impl Drop for Loans {
    fn drop(&mut self) {
        self.take_back();
    }
}

/// The environment on this thread is going away.
pub(crate) fn take_back_all() {
    for loans in ALL.take().iter().filter_map(Weak::upgrade) {
        loans.take_back();
    }
}
