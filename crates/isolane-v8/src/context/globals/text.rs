//! Decoders of text: those of the web's Encoding Standard.

use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8};
use slab::Slab;
use v8::NewStringType;

use crate::context::exports::number;
use crate::context::natives::Invocation;
use crate::memory::Charge;

/// Flags of a decoder: `npm/isolane/src/isolate/globals/late/text-decoder.ts`.
const FATAL: usize = 1;
const IGNORE_BOM: usize = 2;

/// Bytes that a decoder takes, with what keeps track of it.
const DECODER: usize = 512;
/// What takes less is not worth counting.
const SMALL: usize = 64 << 10;
/// No label is longer.
const LONGEST_LABEL: usize = 256;

/// Decoders of an isolate that are in the middle of a stream, in a slot of it.
#[derive(Default)]
struct Decoders(Slab<Open>);

struct Open {
    decoder: Decoder,
    /// Removes it once its owner is garbage.
    _owner: v8::Weak<v8::Object>,
    _charge: Charge,
}

/// `(text, bytes, told)`: writes as much as has room, and tells how many code units and bytes those are.
pub(super) fn encode_into(call: Invocation<'_, '_, '_>) -> Option<()> {
    let text = call.text()?;
    let (target, told) = (call.view(1)?, call.view(2)?);
    let mut read = 0;
    // SAFETY: the memory of two arrays that the arguments keep alive; nothing else touches it while
    // this native runs: of memory that threads share the caller has made a copy, and `told` is its own.
    let (target, told) = unsafe {
        (
            std::slice::from_raw_parts_mut(target.start, target.length),
            std::slice::from_raw_parts_mut(told.start, told.length),
        )
    };
    let flags = v8::WriteFlags::kReplaceInvalidUtf8;
    let written = text.write_utf8_v2(call.scope, target, flags, Some(&mut read));
    for (word, count) in told.chunks_exact_mut(4).zip([read, written]) {
        word.copy_from_slice(&u32::try_from(count).unwrap_or(u32::MAX).to_ne_bytes());
    }
    Some(())
}

/// `(label)`: the name of the encoding that it means, or nothing.
pub(super) fn encoding_of(mut call: Invocation<'_, '_, '_>) -> Option<()> {
    let label = call
        .text()
        .filter(|label| label.length() <= LONGEST_LABEL)?;
    let label = label.to_rust_string_lossy(call.scope);
    let name = Encoding::for_label_no_replacement(label.as_bytes())?.name();
    let name = v8::String::new(call.scope, &name.to_ascii_lowercase())?;
    call.result.set(name.into());
    Some(())
}

/// `(bytes, encoding, flags)`: their text; null where they are malformed and that is fatal, nothing
/// where it is too long.
pub(super) fn decode(mut call: Invocation<'_, '_, '_>) -> Option<()> {
    let bytes = call.view(0)?;
    let encoding = encoding(&call, 1)?;
    let flags = call.index(2)?;
    // SAFETY: as in `encode_into`, and only read here.
    let bytes = unsafe { std::slice::from_raw_parts(bytes.start, bytes.length) };
    let Some(text) = whole_text(bytes, encoding, flags) else {
        let mut decoder = decoder(encoding, flags);
        let room = decoder.max_utf16_buffer_length(bytes.len())?;
        let _scratch = scratch(&mut call, room)?;
        let units = units_of(&mut decoder, bytes, true, flags, room);
        return give(call, units);
    };
    let (scope, kind) = (&*call.scope, NewStringType::Normal);
    let text = if text.is_ascii() {
        v8::String::new_from_one_byte(scope, text.as_bytes(), kind)?
    } else {
        v8::String::new_from_utf8(scope, text.as_bytes(), kind)?
    };
    call.result.set(text.into());
    Some(())
}

/// What is UTF-8 already, as most is.
fn whole_text<'a>(bytes: &'a [u8], encoding: &Encoding, flags: usize) -> Option<&'a str> {
    if encoding != UTF_8 {
        return None;
    }
    let mark = "\u{feff}".as_bytes();
    let bytes = match bytes.strip_prefix(mark) {
        Some(rest) if flags & IGNORE_BOM == 0 => rest,
        _ => bytes,
    };
    std::str::from_utf8(bytes).ok()
}

fn decoder(encoding: &'static Encoding, flags: usize) -> Decoder {
    if flags & IGNORE_BOM == 0 {
        encoding.new_decoder_with_bom_removal()
    } else {
        encoding.new_decoder_without_bom_handling()
    }
}

/// `(owner, encoding, flags)`: the number of a decoder that lasts until it is told that nothing more
/// comes, or as long as its owner; nothing for want of memory.
pub(super) fn open_decoder(mut call: Invocation<'_, '_, '_>) -> Option<()> {
    let owner = call.arguments.get(0).try_cast::<v8::Object>().ok()?;
    let encoding = encoding(&call, 1)?;
    let flags = call.index(2)?;
    let charge = call.take(DECODER, 0)?;
    if call.scope.get_slot::<Decoders>().is_none() {
        call.scope.set_slot(Decoders::default());
    }
    let key = decoders(call.scope)?.0.vacant_key();
    let remove = Box::new(move |isolate: &mut v8::Isolate| {
        if let Some(decoders) = isolate.get_slot_mut::<Decoders>() {
            let _ = decoders.0.try_remove(key);
        }
    });
    let owner = v8::Weak::with_finalizer(call.scope, owner, remove);
    let open = Open {
        decoder: decoder(encoding, flags),
        _owner: owner,
        _charge: charge,
    };
    let key = decoders(call.scope)?.0.insert(open);
    call.result.set(number(call.scope, key as u64));
    Some(())
}

/// `(decoder, bytes, isLast, flags)`: as `decode`, of a decoder that goes on unless these are the last
/// bytes, or no text has come of them.
pub(super) fn decode_on(mut call: Invocation<'_, '_, '_>) -> Option<()> {
    let key = call.index(0)?;
    let bytes = call.view(1)?;
    let is_last = call.arguments.get(2).is_true();
    let flags = call.index(3)?;
    let room = decoders(call.scope)?.0.get(key)?;
    let room = room.decoder.max_utf16_buffer_length(bytes.length)?;
    let scratch = scratch(&mut call, room);
    // SAFETY: as in `decode`.
    let bytes = unsafe { std::slice::from_raw_parts(bytes.start, bytes.length) };
    let decoders = decoders(call.scope)?;
    let units = scratch.as_ref().and_then(|_| {
        let decoder = &mut decoders.0.get_mut(key)?.decoder;
        units_of(decoder, bytes, is_last, flags, room)
    });
    if is_last || units.is_none() {
        let _ = decoders.0.try_remove(key);
    }
    scratch?;
    give(call, units)
}

fn decoders(isolate: &mut v8::Isolate) -> Option<&mut Decoders> {
    isolate.get_slot_mut::<Decoders>()
}

fn encoding(call: &Invocation<'_, '_, '_>, at: i32) -> Option<&'static Encoding> {
    let name = call.arguments.get(at).to_rust_string_lossy(call.scope);
    Encoding::for_label_no_replacement(name.as_bytes())
}

/// Memory for so many code units, as far as it is worth counting.
fn scratch(call: &mut Invocation<'_, '_, '_>, units: usize) -> Option<Option<Charge>> {
    let bytes = units.checked_mul(2)?;
    if bytes < SMALL {
        return Some(None);
    }
    call.take(bytes, 0).map(Some)
}

/// The text of bytes in UTF-16, for which there is room; nothing where they are malformed and that is
/// fatal.
fn units_of(
    decoder: &mut Decoder,
    bytes: &[u8],
    is_last: bool,
    flags: usize,
    room: usize,
) -> Option<Vec<u16>> {
    let mut units = vec![0; room];
    let written = if flags & FATAL == 0 {
        let (_, _, written, _) = decoder.decode_to_utf16(bytes, &mut units, is_last);
        written
    } else {
        let (result, _, written) =
            decoder.decode_to_utf16_without_replacement(bytes, &mut units, is_last);
        if !matches!(result, DecoderResult::InputEmpty) {
            return None;
        }
        written
    };
    units.truncate(written);
    Some(units)
}

fn give(mut call: Invocation<'_, '_, '_>, units: Option<Vec<u16>>) -> Option<()> {
    let Some(units) = units else {
        call.result.set_null();
        return Some(());
    };
    let text = v8::String::new_from_two_byte(call.scope, &units, NewStringType::Normal)?;
    call.result.set(text.into());
    Some(())
}
