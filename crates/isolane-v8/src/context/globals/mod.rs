//! The globals of the web, as `npm/isolane/src/isolate/globals` makes them: what the global object has until
//! one is read, and what their script gets from Rust (`GlobalNatives` in its `host.ts`).
//!
//! | module | noun |
//! | --- | --- |
//! | `kinds` | what an object is to `structuredClone` |
//! | `text` | decoders of text |
//! | `url` | URLs, and the queries in them |

mod kinds;
mod text;
mod url;

use std::sync::OnceLock;
use std::time::Instant;

use v8::{Local, PropertyAttribute, Value};

use super::natives::{Invocation, make_deferred, natives, set};
use crate::script::prelude::{self, Part};
use crate::script::source::Stop;

/// What is a class, or the global object by another name; the web does not enumerate it.
const CLASSES: [&str; 10] = [
    "AbortController",
    "AbortSignal",
    "DOMException",
    "Event",
    "EventTarget",
    "TextDecoder",
    "TextEncoder",
    "URL",
    "URLSearchParams",
    "self",
];

/// What the web enumerates.
const OTHERS: [&str; 12] = [
    "atob",
    "btoa",
    "clearImmediate",
    "clearInterval",
    "clearTimeout",
    "crypto",
    "performance",
    "queueMicrotask",
    "setImmediate",
    "setInterval",
    "setTimeout",
    "structuredClone",
];

natives! {
    "now" => now,
    "enqueue" => enqueue,
    "random" => random,
    "randomUuid" => random_uuid,
    "kindOf" => kinds::kind_of,
    "encodeInto" => text::encode_into,
    "encodingOf" => text::encoding_of,
    "decode" => text::decode,
    "openDecoder" => text::open_decoder,
    "decodeOn" => text::decode_on,
    "parseUrl" => url::parse,
    "changeUrl" => url::change,
    "partsOfUrl" => url::parts,
    "originOf" => url::origin,
    "parseQuery" => url::parse_query,
    "writeQuery" => url::write_query,
}

/// `(make)`: has `make` give the value of a global when that is first read.
pub(super) fn defer(call: Invocation<'_, '_, '_>) -> Option<()> {
    let global = call.scope.get_current_context().global(call.scope);
    let make = call.arguments.get(0);
    let names = CLASSES
        .iter()
        .map(|name| (name, PropertyAttribute::DONT_ENUM));
    let others = OTHERS.iter().map(|name| (name, PropertyAttribute::NONE));
    for (name, attribute) in names.chain(others) {
        let kind = v8::NewStringType::Internalized;
        let name = v8::String::new_from_one_byte(call.scope, name.as_bytes(), kind)?;
        global.set_lazy_data_property_with_data(
            call.scope,
            name.into(),
            make_deferred,
            make,
            attribute,
            v8::SideEffectType::HasSideEffect,
            v8::SideEffectType::HasSideEffect,
        )?;
    }
    Some(())
}

/// `()`: the function that the script of the globals gives, and its natives.
pub(super) fn load(mut call: Invocation<'_, '_, '_>) -> Option<()> {
    match prelude::function(call.scope, Part::Globals) {
        Ok(function) => {
            let natives = v8::Object::new(call.scope);
            define(call.scope, natives)?;
            let null = v8::null(call.scope).into();
            natives.set_prototype(call.scope, null)?;
            let parts: [Local<'_, Value>; 2] = [function.into(), natives.into()];
            let parts = v8::Array::new_with_elements(call.scope, &parts);
            call.result.set(parts.into());
        }
        Err(Stop::Thrown { exception, .. }) => {
            call.scope.throw_exception(exception);
        }
        // The call that asked is being terminated, too.
        Err(Stop::Terminated) => {}
    }
    Some(())
}

/// `()`: milliseconds since some time, in microseconds' steps.
fn now(mut call: Invocation<'_, '_, '_>) -> Option<()> {
    static START: OnceLock<Instant> = OnceLock::new();
    let passed = START.get_or_init(Instant::now).elapsed().as_micros();
    #[expect(
        clippy::cast_precision_loss,
        reason = "2^53 microseconds are centuries"
    )]
    let passed = passed as f64 / 1000.0;
    call.result.set(v8::Number::new(call.scope, passed).into());
    Some(())
}

/// `(task)`: has V8 call it when it runs microtasks.
fn enqueue(call: Invocation<'_, '_, '_>) -> Option<()> {
    let task = call.arguments.get(0).try_cast::<v8::Function>().ok()?;
    call.scope.enqueue_microtask(task);
    Some(())
}

/// `(bytes)`: whether the system has filled them.
fn random(mut call: Invocation<'_, '_, '_>) -> Option<()> {
    let bytes = call.view(0)?;
    // SAFETY: the memory of an array that the arguments keep alive and that is the caller's own.
    let bytes = unsafe { std::slice::from_raw_parts_mut(bytes.start, bytes.length) };
    call.result.set_bool(getrandom::fill(bytes).is_ok());
    Some(())
}

/// `()`: a UUID of version 4 (RFC 9562), or nothing.
fn random_uuid(mut call: Invocation<'_, '_, '_>) -> Option<()> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).ok()?;
    let bits = (u128::from_be_bytes(bytes) & !(0xf << 76) & !(0x3 << 62)) | 0x4 << 76 | 0x2 << 62;
    let digits = format!("{bits:032x}");
    let uuid = [
        &digits[..8],
        &digits[8..12],
        &digits[12..16],
        &digits[16..20],
        &digits[20..],
    ]
    .join("-");
    let uuid = v8::String::new(call.scope, &uuid)?;
    call.result.set(uuid.into());
    Some(())
}
