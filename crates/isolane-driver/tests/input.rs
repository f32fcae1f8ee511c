//! Where the pieces of a call's input are.

use bytes::Bytes;
use isolane_core::{CallKind, ChunkCall, FunctionText, Functions, Input, Scope};
use isolane_driver::{InputLayout, protocol};

/// Has `check` look at a call of two parts.
fn with_call(salvage: bool, check: impl FnOnce(&ChunkCall<'_>)) {
    with_call_in(Scope::default(), salvage, check);
}

fn with_call_in(scope: Scope<'_>, salvage: bool, check: impl FnOnce(&ChunkCall<'_>)) {
    let text = FunctionText {
        source: "() => 1",
        ..FunctionText::default()
    };
    let function = Functions::new().intern_in(text, scope);
    let args = Bytes::from_static(b"args!");
    let parts = [b"first".as_slice(), b"second"].map(|part| Input::from(Bytes::from_static(part)));
    check(&ChunkCall {
        function: &function,
        second: None,
        kind: CallKind {
            operation: 1,
            input: 2,
            output: 3,
            max_failures: 4,
        },
        args: &args,
        shared: &[],
        first: 0,
        count: 2,
        salvage,
        parts: &parts,
        attachments: &[],
    });
}

fn bytes_of(call: &ChunkCall<'_>, written: &[Input]) -> Vec<u8> {
    let layout = InputLayout::new(call, written);
    let mut bytes = vec![b'.'; layout.size()];
    layout
        .write(call.args, written, |offset, piece| {
            bytes[offset..offset + piece.len()].copy_from_slice(piece);
        })
        .expect("the parts are the pool's own");
    bytes
}

#[test]
fn lengths_arguments_and_parts_start_at_multiples_of_eight() {
    with_call(false, |call| {
        let mut expected = Vec::new();
        expected.extend(5u32.to_ne_bytes());
        expected.extend(6u32.to_ne_bytes());
        expected.extend(b"args!...firstsecond");
        assert_eq!(bytes_of(call, call.parts), expected);
    });
}

#[test]
fn parts_that_are_read_elsewhere_leave_room_for_their_lengths_only() {
    with_call(false, |call| {
        assert_eq!(bytes_of(call, &[]), b"........args!...");
    });
}

#[test]
fn the_kind_of_a_call_is_one_word() {
    with_call(false, |call| {
        assert_eq!(protocol::kind_of(call), 0x03_02_01)
    });
    with_call(true, |call| {
        assert_eq!(protocol::kind_of(call), 0x01_03_02_01)
    });
    let fresh = Scope {
        fresh: true,
        ..Scope::default()
    };
    with_call_in(fresh, true, |call| {
        assert_eq!(protocol::kind_of(call), 0x03_03_02_01)
    });
}
