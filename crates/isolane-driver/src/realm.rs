//! [`Realm`].

use std::collections::HashMap;
use std::sync::Arc;

use isolane_core::{ChunkCall, Function, Shared};

use crate::judgement::judge;
use crate::protocol::freeze_mode;

/// Functions that wait to be judged; with more of them, values are frozen.
const MAX_UNJUDGED: usize = 64;

/// The functions that run on one set of globals and built-ins, and whether all of them are proven to
/// write to nothing that they did not make.
///
/// While they are, shared values whose freezing was left open stay unfrozen here: no function writes
/// to them, and none has replaced a built-in by one that would. The first that is not proven ends
/// that for good, before it is loaded, and freezes what is there.
#[derive(Debug, Default)]
pub struct Realm {
    guarded: bool,
    /// Whether a call has seen a value whose freezing was left open. Nothing is judged before.
    matters: bool,
    /// Functions that were loaded before, by id.
    unjudged: HashMap<u64, Arc<Function>>,
    /// Ids of the functions of the last call that was admitted.
    last: [u64; 2],
}

impl Realm {
    /// Takes note of the functions of a call, before they are loaded and before its shared values
    /// are. True if such values must be frozen, from now on.
    pub fn admit(&mut self, call: &ChunkCall<'_>) -> bool {
        if self.guarded {
            return true;
        }
        let ids = [call.function.id(), call.second.map_or(0, |it| it.id())];
        let matters = self.matters || call.shared.iter().any(is_left_open);
        if self.last == ids && self.matters == matters {
            return false;
        }
        self.matters = matters;
        self.last = ids;
        let functions = functions_of(call);
        if matters {
            self.guarded = functions.chain(self.unjudged.values()).any(is_unproven);
        } else {
            for function in functions {
                let entry = self.unjudged.entry(function.id());
                entry.or_insert_with(|| Arc::clone(function));
            }
            self.guarded = self.unjudged.len() > MAX_UNJUDGED;
        }
        if self.guarded || matters {
            self.unjudged = HashMap::new();
        }
        self.guarded
    }
}

/// Whether the host has left open how much of the value is frozen.
fn is_left_open(value: &Arc<Shared>) -> bool {
    value.bytes().first() == Some(&freeze_mode::AS_NEEDED)
}

/// The functions that a call runs.
pub(crate) fn functions_of<'a>(call: &ChunkCall<'a>) -> impl Iterator<Item = &'a Arc<Function>> {
    [Some(call.function), call.second].into_iter().flatten()
}

/// Whether it may write to what it did not make.
pub(crate) fn is_unproven(function: &Arc<Function>) -> bool {
    function.may_write(judge).is_some()
}

/// What to tell the user, once for each function, of why shared values are frozen in a call that was
/// [not admitted](Realm::admit) to unfrozen ones.
pub fn reason(call: &ChunkCall<'_>) -> Option<String> {
    if !call.shared.iter().any(is_left_open) {
        return None;
    }
    let mut reasons = functions_of(call).filter_map(|function| {
        let found = function.take_may_write()?;
        Some(format!(
            "shared values are frozen for '{}': {} (line {}, column {})",
            function.name(),
            found.reason,
            found.line,
            found.column
        ))
    });
    reasons.next()
}
