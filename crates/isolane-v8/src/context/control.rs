//! The words that the engine and the driver exchange around a call.

use isolane_core::{ChunkCall, Cut};
use isolane_driver::protocol::{self, WORD, control};
use v8::{Local, PinScope};

use crate::memory::Memory;

pub(super) struct Control(Memory);

impl Control {
    /// With the buffer of the words, for the driver.
    pub(super) fn new<'s>(
        scope: &mut PinScope<'s, '_>,
    ) -> Option<(Self, Local<'s, v8::ArrayBuffer>)> {
        let words = v8::ArrayBuffer::new_backing_store_from_vec(vec![0; control::LENGTH * WORD]);
        let buffer = v8::ArrayBuffer::with_backing_store(scope, &words.make_shared());
        Some((Self(Memory::of(buffer)?), buffer))
    }

    /// Tells the driver of `call` what is no value of V8's.
    pub(super) fn describe(&mut self, call: &ChunkCall<'_>) {
        let length = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        self.set(control::KIND, protocol::kind_of(call));
        self.set(control::ARGS_LENGTH, length(call.args.len()));
        self.set(control::COUNT, call.count);
        self.set(control::PARTS, length(call.parts.len()));
        self.set(control::MAX_FAILURES, call.kind.max_failures);
        #[expect(clippy::cast_precision_loss, reason = "no array has 2^53 items")]
        let first = call.first as f64;
        self.0.write(control::FIRST * WORD, &first.to_ne_bytes());
    }

    /// How the driver's last method ended: one of [`protocol::status`].
    pub(super) fn status(&self) -> u32 {
        self.0.word(control::STATUS)
    }

    /// Whether log records wait.
    pub(super) fn has_logs(&self) -> bool {
        self.0.word(control::LOGS) != 0
    }

    /// Whether the call has timers, or left an error that nobody has caught.
    pub(super) fn has_turns(&self) -> bool {
        self.0.word(control::TURNS) != 0
    }

    /// How many buffers the output refers to.
    pub(super) fn attachments(&self) -> u32 {
        self.0.word(control::ATTACHMENTS)
    }

    /// What the caps have cut off since the last time.
    pub(super) fn take_cut(&mut self) -> Cut {
        let cut = Cut {
            logs: self.0.word(control::CUT_LOGS).into(),
            errors: self.0.word(control::CUT_ERRORS).into(),
            results: 0,
        };
        if cut != Cut::default() {
            self.set(control::CUT_LOGS, 0);
            self.set(control::CUT_ERRORS, 0);
        }
        cut
    }

    fn set(&mut self, place: usize, word: u32) {
        self.0.write(place * WORD, &word.to_ne_bytes());
    }
}
