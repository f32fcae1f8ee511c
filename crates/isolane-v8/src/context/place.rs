//! Where the code is that has led to a native, for log records.

use isolane_driver::protocol::PRELUDE_NAME;
use v8::{Local, PinScope};

use super::natives::Invocation;

/// Frames that are looked at for a place: four of the prelude's and the next, which costs half as much as
/// more; and then more, since code that was made of text has none.
const PLACE_FRAMES: [usize; 2] = [5, 16];
/// Characters of a script's name; no more are told.
const LONGEST_SCRIPT: usize = 1024;

/// `()`: where the code of a function's is that has led here, as `script:line:column`; nothing where none
/// has. It asks the engine: what `Error` tells functions can change.
pub(super) fn place(mut call: Invocation<'_, '_, '_>) -> Option<()> {
    let mut found = PLACE_FRAMES
        .iter()
        .map(|&frames| first_outside(call.scope, frames));
    let place = found.find_map(|place| place)?;
    let place = v8::String::new(call.scope, &place)?;
    call.result.set(place.into());
    Some(())
}

/// Where the first of some frames is that is not the prelude's.
fn first_outside(scope: &PinScope<'_, '_>, frames: usize) -> Option<String> {
    let stack = v8::StackTrace::current_stack_trace(scope, frames)?;
    (0..stack.get_frame_count())
        .filter_map(|at| stack.get_frame(scope, at))
        .find_map(|frame| {
            let own = frame.get_script_name(scope);
            let is_ours = |own: Local<'_, v8::String>| {
                own.length() == PRELUDE_NAME.len()
                    && own.to_rust_string_lossy(scope) == PRELUDE_NAME
            };
            // As stacks have it.
            let script = frame.get_script_name_or_source_url(scope)?;
            if own.is_some_and(is_ours) || !(1..=LONGEST_SCRIPT).contains(&script.length()) {
                return None;
            }
            let script = script.to_rust_string_lossy(scope);
            let (line, column) = (frame.get_line_number(), frame.get_column());
            Some(format!("{script}:{line}:{column}"))
        })
}
