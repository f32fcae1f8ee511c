//! What an object is to `structuredClone`, which only the engine can tell.

use v8::{Local, Value};

use crate::context::natives::Invocation;

const PLAIN: u32 = 0;
const ARRAY: u32 = 1;
const DATE: u32 = 2;
const REG_EXP: u32 = 3;
const MAP: u32 = 4;
const SET: u32 = 5;
const NUMBER: u32 = 6;
const STRING: u32 = 7;
const BOOLEAN: u32 = 8;
const BIG_INT: u32 = 9;
const ARRAY_BUFFER: u32 = 10;
const SHARED_ARRAY_BUFFER: u32 = 11;
const VIEW: u32 = 12;
const ERROR: u32 = 13;
const REFUSED: u32 = 14;

/// `(value)`: a number of `Cloneable` in `npm/isolane/src/isolate/globals/host.ts`.
pub(super) fn kind_of(mut call: Invocation<'_, '_, '_>) -> Option<()> {
    let kind = kind(call.arguments.get(0));
    call.result.set_uint32(kind);
    Some(())
}

fn kind(value: Local<'_, Value>) -> u32 {
    // Subclasses of what is refused as well: only the engine can tell.
    if value.is_function()
        || value.is_proxy()
        || value.is_promise()
        || value.is_generator_object()
        || value.is_weak_map()
        || value.is_weak_set()
        || value.is_symbol_object()
        || value.is_map_iterator()
        || value.is_set_iterator()
        || value.is_arguments_object()
        || value.is_module_namespace_object()
        || value.is_wasm_memory_object()
        || value.is_wasm_module_object()
        || value.is_external()
    {
        return REFUSED;
    }
    let kinds = [
        (value.is_array(), ARRAY),
        (value.is_date(), DATE),
        (value.is_reg_exp(), REG_EXP),
        (value.is_map(), MAP),
        (value.is_set(), SET),
        (value.is_number_object(), NUMBER),
        (value.is_string_object(), STRING),
        (value.is_boolean_object(), BOOLEAN),
        (value.is_big_int_object(), BIG_INT),
        (value.is_array_buffer(), ARRAY_BUFFER),
        (value.is_shared_array_buffer(), SHARED_ARRAY_BUFFER),
        (value.is_array_buffer_view(), VIEW),
        (value.is_native_error(), ERROR),
    ];
    kinds
        .into_iter()
        .find_map(|(is_so, kind)| is_so.then_some(kind))
        .unwrap_or(PLAIN)
}
