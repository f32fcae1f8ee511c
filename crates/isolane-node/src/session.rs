use std::collections::HashMap;
use std::sync::{Arc, Weak};
use std::time::Duration;

use bytes::Bytes;
use isolane_core::{
    AdoptHandle, AdoptedWorker, Attachment, ChunkCall, Function, Input, Reply, Shared, SlotTaken,
    Step,
};

use crate::Interrupts;

/// Parts and their lengths are laid out in the input buffer at multiples of this, as on the v8
/// engine (`ALIGNMENT` in `protocol.ts`).
const ALIGNMENT: usize = 8;

/// The bit of a call's kind that says whether it may be salvaged, as in `protocol.ts`.
const SALVAGE_SHIFT: u32 = 24;

/// One Worker's dealings with its pool.
#[derive(Debug)]
pub struct Session {
    worker: AdoptedWorker,
    interrupts: Arc<Interrupts>,
    /// Shared values that the Worker holds decoded, by id.
    shared: HashMap<u64, Weak<Shared>>,
    /// Ids of the shared values that the Worker has selected.
    selected: Vec<u64>,
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
            shared: HashMap::new(),
            selected: Vec::new(),
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
        let ids = || call.shared.iter().map(|value| value.id());
        let selects = !self.selected.iter().copied().eq(ids());
        if selects {
            self.selected.clear();
            self.selected.extend(ids());
        }
        Some(Frame {
            kind: u32::from(call.kind.operation)
                | u32::from(call.kind.input) << 8
                | u32::from(call.kind.output) << 16
                | u32::from(call.salvage) << SALVAGE_SHIFT,
            max_failures: call.kind.max_failures,
            function: call.function.id(),
            second: call.second.map_or(0, |second| second.id()),
            first: call.first,
            count: call.count,
            parts: call.parts.len(),
            attachments: call.attachments.len(),
            args_length: call.args.len(),
            size: Layout::of(&call).size,
            selects,
        })
    }

    /// Writes the call's input, for which `input` has room.
    ///
    /// Returns `None`, and may have written a part of it, where it has not.
    pub fn write_input(&self, lane: usize, input: &mut [u8]) -> Option<()> {
        let call = self.worker.call(lane)?;
        let layout = Layout::of(&call);
        put(input, layout.args, call.args)?;
        let mut offset = layout.items;
        for (index, part) in call.parts.iter().enumerate() {
            let length = u32::try_from(part.len()).ok()?;
            put(input, index * 4, &length.to_ne_bytes())?;
            let end = offset.checked_add(part.len())?;
            let room = input.get_mut(offset..end)?;
            part.read(|bytes| room.copy_from_slice(bytes)).ok()?;
            offset += part.len();
        }
        Some(())
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
        self.shared.insert(value.id(), Arc::downgrade(&value));
        Some(value.bytes().clone())
    }

    /// Ids of the shared values that the Worker may let go: the host has disposed of them.
    pub fn disposed(&mut self) -> Vec<u64> {
        let mut disposed = Vec::new();
        self.shared.retain(|id, value| {
            let alive = value.strong_count() > 0;
            if !alive {
                disposed.push(*id);
            }
            alive
        });
        if !disposed.is_empty() {
            self.selected.clear();
        }
        disposed
    }

    /// Forgets what the Worker has selected, after it failed to.
    pub fn unselect(&mut self) {
        self.selected.clear();
    }

    /// Ends the call in `lane`; see [`AdoptedWorker::finish`].
    #[must_use]
    pub fn finish(&mut self, lane: usize, reply: Reply, salvaged: Bytes) -> bool {
        self.worker.finish(lane, reply, salvaged)
    }

    /// Reports what has finished, when no step follows soon.
    pub fn report(&mut self) {
        self.worker.report();
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

/// Where the pieces of a call's input are.
struct Layout {
    args: usize,
    items: usize,
    size: usize,
}

impl Layout {
    fn of(call: &ChunkCall<'_>) -> Self {
        let args = (call.parts.len() * 4).next_multiple_of(ALIGNMENT);
        let items = (args + call.args.len()).next_multiple_of(ALIGNMENT);
        let size = items + call.parts.iter().map(Input::len).sum::<usize>();
        Self { args, items, size }
    }
}

fn put(input: &mut [u8], offset: usize, bytes: &[u8]) -> Option<()> {
    let end = offset.checked_add(bytes.len())?;
    input.get_mut(offset..end)?.copy_from_slice(bytes);
    Some(())
}
