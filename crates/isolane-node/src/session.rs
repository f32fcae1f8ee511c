use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use isolane_core::{
    AdoptHandle, AdoptedWorker, Attachment, Function, Input, Reply, Shared, SlotTaken, Step,
};
use isolane_driver::{InputLayout, Realm, SharedValues, protocol, reason};

use crate::Interrupts;

/// One Worker's dealings with its pool.
#[derive(Debug)]
pub struct Session {
    worker: AdoptedWorker,
    interrupts: Arc<Interrupts>,
    shared: SharedValues,
    /// Of all lanes: the Worker has one set of globals.
    realm: Realm,
}

/// What the Worker must know of a call before its bytes.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    /// Operation, input and output kind, a byte each from the lowest, and a bit that says whether
    /// what is finished is wanted after an interrupt.
    pub kind: u32,
    /// Failures of single items that are told in full.
    pub max_failures: u32,
    /// Id of the function.
    pub function: u64,
    /// Id of the second function; 0 for none.
    pub second: u64,
    /// Index of the first item in the job.
    pub first: u64,
    /// Items.
    pub count: u32,
    /// Parts the items come in.
    pub parts: usize,
    /// Buffers attached to the input.
    pub attachments: usize,
    /// Length of the encoded arguments.
    pub args_length: usize,
    /// Length of the whole input: the parts' lengths, the arguments, the parts.
    pub size: usize,
    /// Whether the call sees other shared values than the one before it.
    pub selects: bool,
    /// Whether shared values are to be frozen from now on; those that are there as well.
    pub guards: bool,
}

impl Session {
    /// Takes a slot; see [`AdoptHandle::adopt`].
    ///
    /// # Errors
    ///
    /// [`SlotTaken`]; the Worker should end.
    pub fn begin(
        handle: &AdoptHandle,
        slot: u32,
        generation: u64,
        heap_used: u64,
        interrupts: Arc<Interrupts>,
    ) -> Result<Self, SlotTaken> {
        let waker = interrupts.waker();
        let worker = handle.adopt(slot, generation, heap_used, waker, |lane| {
            interrupts.lane(lane)
        })?;
        Ok(Self {
            worker,
            interrupts,
            shared: SharedValues::default(),
            realm: Realm::default(),
        })
    }

    /// The words that tell which calls are to stop.
    pub fn interrupts(&self) -> &Arc<Interrupts> {
        &self.interrupts
    }

    /// The next step; see [`AdoptedWorker::next`].
    pub fn next(&mut self, patience: Duration) -> Step {
        self.worker.next(patience)
    }

    /// What runs in `lane`. Asked once per call: it notes what the call selects.
    pub fn frame(&mut self, lane: usize) -> Option<Frame> {
        let call = self.worker.call(lane)?;
        let selects = !self.shared.selects(call.shared);
        if selects {
            self.shared.select(call.shared);
        }
        let guards = self.realm.admit(&call);
        Some(Frame {
            kind: protocol::kind_of(&call),
            max_failures: call.kind.max_failures,
            function: call.function.id(),
            second: call.second.map_or(0, |second| second.id()),
            first: call.first,
            count: call.count,
            parts: call.parts.len(),
            attachments: call.attachments.len(),
            args_length: call.args.len(),
            size: InputLayout::new(&call, call.parts).size(),
            selects,
            guards,
        })
    }

    /// Why shared values are frozen for the call in `lane`, where nobody has been told yet.
    pub fn guard_reason(&self, lane: usize) -> Option<String> {
        reason(&self.worker.call(lane)?)
    }

    /// Writes the call's input, for which `input` has room.
    ///
    /// Returns `None`, and may have written a part of it, where it has not, or where the host has
    /// taken an item back.
    pub fn write_input(&self, lane: usize, input: &mut [u8]) -> Option<()> {
        let call = self.worker.call(lane)?;
        let layout = InputLayout::new(&call, call.parts);
        let input = input.get_mut(..layout.size())?;
        layout
            .write(call.args, call.parts, |offset, bytes| {
                input[offset..offset + bytes.len()].copy_from_slice(bytes);
            })
            .ok()
    }

    /// What is attached to the input of the call in `lane`. Comes once.
    pub fn take_attachments(&self, lane: usize) -> Vec<Input> {
        let attachments = self
            .worker
            .call(lane)
            .map_or(&[][..], |call| call.attachments);
        attachments.iter().filter_map(Attachment::take).collect()
    }

    /// The function of the call in `lane`, or its second one.
    pub fn function(&self, lane: usize, second: bool) -> Option<&Arc<Function>> {
        let call = self.worker.call(lane)?;
        if second {
            call.second
        } else {
            Some(call.function)
        }
    }

    /// The shared values of the call in `lane`.
    pub fn shared(&self, lane: usize) -> &[Arc<Shared>] {
        self.worker.call(lane).map_or(&[], |call| call.shared)
    }

    /// The encoded bytes of the shared value at `index` in that list, which the Worker decodes and
    /// keeps from now on.
    pub fn take_shared(&mut self, lane: usize, index: usize) -> Option<Bytes> {
        let value = Arc::clone(self.shared(lane).get(index)?);
        self.shared.hold(&value);
        Some(value.bytes().clone())
    }

    /// Ids of the shared values that the Worker may let go: the host has disposed of them.
    pub fn disposed(&mut self) -> Vec<u64> {
        self.shared.take_disposed()
    }

    /// Forgets what the Worker has selected, after it failed to.
    pub fn unselect(&mut self) {
        self.shared.unselect();
    }

    /// Ends the call in `lane`; see [`AdoptedWorker::finish`].
    #[must_use]
    pub fn finish(&mut self, lane: usize, reply: Reply, salvaged: Bytes, takes_more: bool) -> bool {
        self.worker.finish(lane, reply, salvaged, takes_more)
    }

    /// Hands log records on at once; see [`AdoptedWorker::log`].
    pub fn log(&self, lane: usize, records: Bytes) {
        self.worker.log(lane, records);
    }

    /// Notes the bytes of heap in use.
    pub fn set_heap_used(&self, bytes: u64) {
        self.worker.set_heap_used(bytes);
    }
}
