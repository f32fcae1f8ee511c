//! The splitter against one that reads a byte at a time, and against a parser.

use isolane_json::{Fault, FaultKind, Format, Item, Origin, Splitter};
use proptest::prelude::*;
use serde_json::Value;

/// The items, and what kept it from more.
type Outcome = (Vec<Item>, Result<(), Fault>);

fn split<'a>(format: Format, pieces: impl IntoIterator<Item = &'a [u8]>) -> Outcome {
    let mut items = Vec::new();
    let mut splitter = Splitter::new(format);
    for piece in pieces {
        if let Err(fault) = splitter.push(piece, &mut |item| items.push(item)) {
            assert_eq!(
                splitter.push(b"]", &mut |item| items.push(item)),
                Err(fault)
            );
            return (items, Err(fault));
        }
    }
    let end = splitter.finish(&mut |item| items.push(item));
    (items, end)
}

fn whole(format: Format, text: &[u8]) -> Outcome {
    split(format, [text])
}

fn texts(format: Format, text: &[u8]) -> Vec<&str> {
    let (items, end) = whole(format, text);
    assert_eq!(end, Ok(()));
    items.iter().map(|item| of(text, item)).collect()
}

fn of<'a>(text: &'a [u8], item: &Item) -> &'a str {
    str::from_utf8(&text[item.start as usize..item.end as usize]).expect("text of the tests")
}

#[track_caller]
fn faults(text: &[u8], kind: FaultKind, (offset, line, column, index): (u64, u64, u64, u64)) {
    let fault = Fault {
        kind,
        offset,
        line,
        column,
        index,
    };
    assert_eq!(
        whole(Format::Json, text).1,
        Err(fault),
        "{}",
        text.escape_ascii()
    );
}

/// One byte at a time, as the documentation says it.
mod plain {
    use super::*;

    fn place(text: &[u8], at: usize, mark: usize) -> (u64, u64, u64) {
        let line = 1 + text[..at].iter().filter(|byte| **byte == b'\n').count();
        let start = text[..at]
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(mark, |feed| feed + 1);
        (at as u64, line as u64, (at - start + 1) as u64)
    }

    fn is_white(byte: u8) -> bool {
        b" \t\r\n".contains(&byte)
    }

    fn mark(text: &[u8]) -> usize {
        if text.starts_with(b"\xef\xbb\xbf") {
            3
        } else {
            0
        }
    }

    fn trimmed(text: &[u8], from: usize, to: usize) -> Option<Item> {
        let first = (from..to).find(|at| !is_white(text[*at]))?;
        let last = (from..to).rfind(|at| !is_white(text[*at]))?;
        let (start, line, column) = place(text, first, mark(text));
        Some(Item {
            start,
            end: last as u64 + 1,
            line,
            column,
        })
    }

    pub(super) fn lines(text: &[u8]) -> Vec<Item> {
        let mut items = Vec::new();
        let mut from = mark(text);
        for at in mark(text)..=text.len() {
            if at == text.len() || text[at] == b'\n' {
                items.extend(trimmed(text, from, at));
                from = at + 1;
            }
        }
        items
    }

    pub(super) fn array(text: &[u8]) -> Outcome {
        let mut items = Vec::new();
        let end = elements(text, &mut items);
        let end = end.map_err(|(kind, at)| {
            let (offset, line, column) = place(text, at, mark(text));
            Fault {
                kind,
                offset,
                line,
                column,
                index: items.len() as u64,
            }
        });
        (items, end)
    }

    fn elements(text: &[u8], items: &mut Vec<Item>) -> Result<(), (FaultKind, usize)> {
        let solid = |from: usize| (from..text.len()).find(|at| !is_white(text[*at]));
        let first = solid(mark(text)).ok_or((FaultKind::End, text.len()))?;
        if text[first] != b'[' {
            return Err((FaultKind::NotAnArray, first));
        }
        let (mut depth, mut in_string, mut escaped, mut from) = (1, false, false, first + 1);
        for at in first + 1..text.len() {
            let byte = text[at];
            let is_escaped = std::mem::take(&mut escaped);
            match byte {
                b'\\' => escaped = !is_escaped,
                b'"' => in_string ^= !is_escaped,
                _ if in_string => {}
                b'[' | b'{' => depth += 1,
                b']' | b'}' if depth > 1 => depth -= 1,
                b',' if depth == 1 => {
                    items.push(trimmed(text, from, at).ok_or((FaultKind::MissingItem, at))?);
                    from = at + 1;
                }
                b'}' => return Err((FaultKind::WrongBracket, at)),
                b']' => {
                    match trimmed(text, from, at) {
                        Some(item) => items.push(item),
                        None if items.is_empty() => {}
                        None => return Err((FaultKind::MissingItem, at)),
                    }
                    return solid(at + 1).map_or(Ok(()), |at| Err((FaultKind::TrailingText, at)));
                }
                _ => {}
            }
        }
        let kind = if in_string {
            FaultKind::EndInString
        } else {
            FaultKind::End
        };
        Err((kind, text.len()))
    }
}

/// Text of the bytes that matter, in the proportions of text or of nonsense.
fn any_text() -> impl Strategy<Value = Vec<u8>> {
    let word = prop_oneof![
        8 => proptest::sample::select(vec![
            &b"["[..], b"]", b"{", b"}", b",", b"\"", b"\\", b" ", b"\n", b"\r\n", b"\t", b"1", b":",
        ]),
        4 => proptest::sample::select(vec![
            &b"\"a\","[..], b"[1,2],", b"{\"a\":[]},", b"\\\"", b"\\\\", b"\xc3\xa9", b"\xef\xbb\xbf",
            b"\xef", b"\"\\u005d\"", b"                                                                  ",
            b"\"a long string of seventy characters, with a comma ] and brackets [ in it\",",
        ]),
    ];
    let start = proptest::sample::select(vec![
        &b""[..],
        b"[",
        b"[",
        b"[",
        b"\xef\xbb\xbf[",
        b"\xef\xbb",
    ]);
    (start, proptest::collection::vec(word, 0..60))
        .prop_map(|(start, words)| [start, &words.concat()].concat())
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[\\PC\"\\\\\n\\]\\[{},]{0,80}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 64, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::vec(("[a-z\"\\\\]{0,4}", inner), 0..6)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

fn pieces<'a>(text: &'a [u8], cuts: &[prop::sample::Index]) -> Vec<&'a [u8]> {
    let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(text.len() + 1)).collect();
    cuts.extend([0, text.len()]);
    cuts.sort_unstable();
    cuts.windows(2).map(|cut| &text[cut[0]..cut[1]]).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn finds_what_a_plain_loop_finds(
        text in any_text(),
        cuts in proptest::collection::vec(any::<prop::sample::Index>(), 0..8),
    ) {
        let array = plain::array(&text);
        let lines = (plain::lines(&text), Ok(()));
        prop_assert_eq!(&whole(Format::Json, &text), &array);
        prop_assert_eq!(&whole(Format::Ndjson, &text), &lines);
        prop_assert_eq!(&split(Format::Json, pieces(&text, &cuts)), &array);
        prop_assert_eq!(&split(Format::Ndjson, pieces(&text, &cuts)), &lines);
        prop_assert_eq!(&split(Format::Json, text.chunks(1)), &array);
        prop_assert_eq!(&split(Format::Ndjson, text.chunks(1)), &lines);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn each_item_parses_to_its_element(
        values in proptest::collection::vec(any_json(), 0..12),
        is_pretty in any::<bool>(),
    ) {
        let array = if is_pretty {
            serde_json::to_string_pretty(&values)
        } else {
            serde_json::to_string(&values)
        };
        let array = array.expect("values are JSON");
        let lines: String = values.iter().map(|value| format!("{value}\r\n")).collect();
        for (format, text) in [(Format::Json, array), (Format::Ndjson, lines)] {
            let parsed: Vec<Value> = texts(format, text.as_bytes())
                .iter()
                .map(|item| serde_json::from_str(item).expect("an item is JSON"))
                .collect();
            prop_assert_eq!(&parsed, &values);
        }
    }

    #[test]
    fn every_prefix_ends_too_early_and_finds_no_other_items(
        values in proptest::collection::vec(any_json(), 0..6),
    ) {
        let text = serde_json::to_string(&values).expect("values are JSON");
        let (all, _) = whole(Format::Json, text.as_bytes());
        for length in 0..text.len() {
            let (items, end) = whole(Format::Json, &text.as_bytes()[..length]);
            let fault = end.expect_err("cut off");
            prop_assert!(matches!(fault.kind, FaultKind::End | FaultKind::EndInString));
            prop_assert_eq!(fault.offset, length as u64);
            prop_assert_eq!(fault.index, items.len() as u64);
            prop_assert!(all.starts_with(&items));
        }
    }
}

#[test]
fn items_lie_between_the_commas_of_the_array() {
    let text = b" [1, \"a,]\\\",b\" ,{\"k\":[1,2]}\r\n,\t[[]] ,null ] ";
    assert_eq!(
        texts(Format::Json, text),
        ["1", "\"a,]\\\",b\"", "{\"k\":[1,2]}", "[[]]", "null"]
    );
    assert_eq!(texts(Format::Json, b"[]"), [""; 0]);
    assert_eq!(texts(Format::Json, b"\xef\xbb\xbf [ \n ] "), [""; 0]);
}

#[test]
fn lines_are_items_whatever_they_hold() {
    let text = b"\xef\xbb\xbf{\"a\":1}\r\n\r\n \t\n2\n]],,\"\n\r3\r4\r\nlast";
    assert_eq!(
        texts(Format::Ndjson, text),
        ["{\"a\":1}", "2", "]],,\"", "3\r4", "last"]
    );
    assert_eq!(texts(Format::Ndjson, b""), [""; 0]);
    assert_eq!(texts(Format::Ndjson, b"\xef\xbb\xbf\n\n"), [""; 0]);
}

#[test]
fn a_mark_is_one_only_when_it_is_whole() {
    let (items, end) = split(Format::Ndjson, [&b"\xef"[..], b"\xbb"]);
    assert_eq!((items[0].start, items[0].end, end), (0, 2, Ok(())));
    let (items, _) = split(Format::Ndjson, [&b"\xef"[..], b"\xbb", b"\xbf1"]);
    assert_eq!((items[0].start, items[0].column), (3, 1));
    faults(b"\xef\xbb[1]", FaultKind::NotAnArray, (0, 1, 1, 0));
    faults(
        b"\xef\xbb\xbf\xef\xbb\xbf[1]",
        FaultKind::NotAnArray,
        (3, 1, 1, 0),
    );
}

#[test]
fn faults_say_where() {
    faults(b"", FaultKind::End, (0, 1, 1, 0));
    faults(b"\n {}", FaultKind::NotAnArray, (2, 2, 2, 0));
    faults(b"[1,\n,2]", FaultKind::MissingItem, (4, 2, 1, 1));
    faults(b"[,1]", FaultKind::MissingItem, (1, 1, 2, 0));
    faults(b"[1,\n2, ]", FaultKind::MissingItem, (7, 2, 4, 2));
    faults(b"[1\n}", FaultKind::WrongBracket, (3, 2, 1, 0));
    faults(b"[1]\n\n  x", FaultKind::TrailingText, (7, 3, 3, 1));
    faults(b"[1]]", FaultKind::TrailingText, (3, 1, 4, 1));
    faults(b"[1,\"\n", FaultKind::EndInString, (5, 2, 1, 1));
    faults(b"[1,\"\\\"]", FaultKind::EndInString, (7, 1, 8, 1));
    faults(b"[1,[2]", FaultKind::End, (6, 1, 7, 1));
    let fault = whole(Format::Json, b"[1,,]").1.expect_err("of two commas");
    assert_eq!(
        fault.to_string(),
        "an item is missing (line 1, column 4, byte 3, item 1)"
    );
}

#[test]
fn depth_takes_no_stack() {
    let depth = 10_000_000;
    let text = [vec![b'['; depth], vec![b']'; depth]].concat();
    let (items, end) = whole(Format::Json, &text);
    assert_eq!((items.len(), end), (1, Ok(())));
    assert_eq!(items[0].end, 2 * depth as u64 - 1);
    faults(
        &text[..depth],
        FaultKind::End,
        (depth as u64, 1, depth as u64 + 1, 0),
    );
}

#[test]
fn a_part_of_a_text_has_the_numbers_of_the_whole() {
    let whole = b"[10,\n 20,\n30, x]";
    let (all, _) = split(Format::Json, [&whole[..]]);
    // The part has a bracket where the whole has what stands before its first item.
    for (first, text) in [(1, &b"[20,\n30, x]"[..]), (2, b"[30, x]")] {
        let Item {
            start,
            line,
            column,
            ..
        } = all[first];
        let origin = Origin {
            offset: start - 1,
            line,
            column: column - 1,
            index: first as u64,
        };
        let mut items = Vec::new();
        let mut splitter = Splitter::at(Format::Json, &origin);
        assert_eq!(splitter.push(text, &mut |item| items.push(item)), Ok(()));
        assert_eq!(splitter.finish(&mut |item| items.push(item)), Ok(()));
        assert_eq!(items, all[first..]);
        let mut splitter = Splitter::at(Format::Json, &origin);
        let fault = splitter
            .push(b"[1,]", &mut |_| {})
            .expect_err("nothing after the comma");
        assert_eq!((fault.offset, fault.index), (start + 2, first as u64 + 1));
        assert_eq!((fault.line, fault.column), (line, column + 2));
    }
}

#[test]
fn it_is_known_where_an_unfinished_item_begins() {
    for (format, text, begun) in [
        (Format::Json, &b"[1, 2"[..], Some(4)),
        (Format::Json, b"[1, ", None),
        (Format::Json, b"[1, 2]", None),
        (Format::Ndjson, b"1\n 2", Some(3)),
        (Format::Ndjson, b"1\n  ", None),
        (Format::Ndjson, b"\xef\xbb", Some(0)),
        (Format::Ndjson, b"\xef\xbb\xbf", None),
    ] {
        let mut splitter = Splitter::new(format);
        splitter
            .push(text, &mut |_| {})
            .expect("nothing wrong so far");
        assert_eq!(splitter.begun(), begun, "{}", text.escape_ascii());
    }
}
