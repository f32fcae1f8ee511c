//! [`InputLayout`].

use isolane_core::{ChunkCall, Input, TakenBack};

use crate::protocol::{ALIGNMENT, WORD};

/// Where the pieces of a call's input are in the driver's input buffer: the length of each part, the
/// arguments, the parts one after another.
#[derive(Clone, Copy, Debug)]
pub struct InputLayout {
    args: usize,
    items: usize,
    size: usize,
}

impl InputLayout {
    /// For `call`, of whose parts `written` go into the buffer: all or none.
    pub fn new(call: &ChunkCall<'_>, written: &[Input]) -> Self {
        let args = (call.parts.len() * WORD).next_multiple_of(ALIGNMENT);
        let items = (args + call.args.len()).next_multiple_of(ALIGNMENT);
        let size = items + written.iter().map(Input::len).sum::<usize>();
        Self { args, items, size }
    }

    /// Bytes of all of it.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Has `put` write each piece at its offset, within [`size`](Self::size).
    ///
    /// # Errors
    ///
    /// [`TakenBack`] where the host has taken a part back; what precedes it is written.
    pub fn write(
        &self,
        args: &[u8],
        written: &[Input],
        mut put: impl FnMut(usize, &[u8]),
    ) -> Result<(), TakenBack> {
        put(self.args, args);
        let mut offset = self.items;
        for (index, part) in written.iter().enumerate() {
            // Only raw items can be longer, and of those nobody reads it.
            let length = u32::try_from(part.len()).unwrap_or(u32::MAX);
            put(index * WORD, &length.to_ne_bytes());
            part.read(|bytes| put(offset, bytes))?;
            offset += part.len();
        }
        Ok(())
    }
}
