//! How long a text may be that an isolate compiles.
//!
//! V8's parsers take memory that is not of the heap, and that neither its limit nor an interrupt
//! stops. So the text is bounded, in proportion to the isolate's memory.

use std::sync::Arc;

use v8::{Isolate, Local, ModifyCodeGenerationFromStringsResult, PinScope, Value};

use super::patterns;
use crate::memory::Budget;
use crate::options::V8Options;

/// Bytes of the memory limit for each character of JavaScript: V8 15.2 takes up to 200.
const CODE: usize = 128;
/// The same of a regular expression: V8 15.2 takes up to 3000, for classes such as `\p{L}`.
const PATTERN: usize = 1024;

/// What an isolate compiles. Kept in a slot of it.
#[derive(Clone, Copy)]
pub(crate) struct TextLimit {
    memory_limit: usize,
    /// Whether user code may make code of text at all.
    eval: bool,
}

impl TextLimit {
    /// Prepares an isolate. V8 asks about text that becomes code in contexts where that is not
    /// allowed without asking: the engine makes no others.
    pub(crate) fn install(isolate: &mut v8::OwnedIsolate, options: &V8Options) {
        isolate.set_slot(Self {
            memory_limit: options.memory_limit,
            eval: options.eval,
        });
        isolate.set_modify_code_generation_from_strings_callback(check_eval);
        patterns::install();
    }

    /// `Err` says why a function's source is too long for the isolate.
    pub(crate) fn check_source(isolate: &Isolate, source: &str) -> Result<(), String> {
        check(isolate, "source", source.chars().count(), CODE)
    }

    /// The same of a regular expression, in memory that user code has not had then.
    pub(super) fn check_pattern(isolate: &Isolate, length: usize) -> Result<(), String> {
        check(isolate, "pattern", length, PATTERN).inspect_err(|_| refuse(isolate))
    }
}

fn check(
    isolate: &Isolate,
    what: &str,
    length: usize,
    bytes_per_character: usize,
) -> Result<(), String> {
    // An isolate without one makes its first contexts.
    let Some(limit) = isolate.get_slot::<TextLimit>() else {
        return Ok(());
    };
    let longest = limit.memory_limit / bytes_per_character;
    if length <= longest {
        return Ok(());
    }
    let memory_limit_mb = limit.memory_limit >> 20;
    Err(format!(
        "The {what} has {length} characters, and with a memoryLimitMb of {memory_limit_mb} at most \
         {longest} are compiled: shorten it, or raise memoryLimitMb"
    ))
}

/// Notes that the isolate did not get the memory for what was asked.
fn refuse(isolate: &Isolate) {
    if let Some(budget) = isolate.get_slot::<Arc<Budget>>() {
        budget.refuse();
    }
}

/// V8 asks before it makes code of a text of user code's. Does not panic.
fn check_eval<'s>(
    scope: &mut PinScope<'s, '_>,
    source: Local<'s, Value>,
    _is_code_like: bool,
) -> ModifyCodeGenerationFromStringsResult<'s> {
    let isolate: &Isolate = scope;
    let length = source
        .try_cast::<v8::String>()
        .map_or(0, |text| text.length());
    let fits = check(isolate, "text", length, CODE).inspect_err(|_| refuse(isolate));
    let eval = isolate.get_slot::<TextLimit>().is_some_and(|it| it.eval);
    ModifyCodeGenerationFromStringsResult {
        codegen_allowed: eval && fits.is_ok(),
        modified_source: None,
    }
}
