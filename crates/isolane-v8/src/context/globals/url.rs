//! URLs, and the queries in them: those of the web's URL Standard.

use std::borrow::Cow;

use url::form_urlencoded::{Serializer, parse as parse_pairs};
use url::{Url, quirks};
use v8::{Local, NewStringType, Value};

use crate::context::exports::number;
use crate::context::natives::Invocation;
use crate::memory::Charge;

/// Code units of a URL or a query.
const LONGEST: usize = 4 << 20;
/// How many times as much memory a text takes while it is read or written.
const COPIES: usize = 12;
/// Texts below take memory that is not worth counting.
const SMALL: usize = 16 << 10;

type Getter = for<'a> fn(&'a Url) -> &'a str;
type Setter = fn(&mut Url, &str) -> Result<(), ()>;

/// In the order of `Part` in `npm/isolane/src/isolate/globals/late/url.ts`.
const PARTS: [(Getter, Setter); 9] = [
    (quirks::protocol, quirks::set_protocol),
    (quirks::username, quirks::set_username),
    (quirks::password, quirks::set_password),
    (quirks::host, quirks::set_host),
    (quirks::hostname, quirks::set_hostname),
    (quirks::port, quirks::set_port),
    (quirks::pathname, |url, part| {
        quirks::set_pathname(url, part);
        Ok(())
    }),
    (quirks::search, |url, part| {
        quirks::set_search(url, part);
        Ok(())
    }),
    (quirks::hash, |url, part| {
        quirks::set_hash(url, part);
        Ok(())
    }),
];

/// `(input, base)`: the URL as it is written, or nothing.
pub(super) fn parse(mut call: Invocation<'_, '_, '_>) -> Option<()> {
    let (input, _charge) = text(&mut call, 0)?;
    let base = if call.arguments.get(1).is_undefined() {
        None
    } else {
        let (base, _charge) = text(&mut call, 1)?;
        Some(Url::parse(&base).ok()?)
    };
    let input = match &base {
        Some(base) => with_two_slashes(&input, base),
        None => Cow::Borrowed(&*input),
    };
    let url = Url::options().base_url(base.as_ref()).parse(&input).ok()?;
    give(call, url.as_str())
}

/// Of the slashes in front of a host two count. The parser takes more of them, in a text without a
/// scheme, for an empty host.
fn with_two_slashes<'a>(input: &'a str, base: &Url) -> Cow<'a, str> {
    if !matches!(base.scheme(), "http" | "https" | "ws" | "wss" | "ftp") {
        return Cow::Borrowed(input);
    }
    let is_ignored = |c| matches!(c, '\t' | '\n' | '\r');
    let is_slash = |c| matches!(c, '/' | '\\');
    let input = input.trim_start_matches(|c| c <= ' ');
    let rest = input.trim_start_matches(|c| is_slash(c) || is_ignored(c));
    let slashes = input[..input.len() - rest.len()]
        .chars()
        .filter(|&c| is_slash(c));
    if slashes.count() > 2 {
        Cow::Owned(format!("//{rest}"))
    } else {
        Cow::Borrowed(input)
    }
}

/// `(href, part, value)`: the URL with another part; nothing where that is refused.
pub(super) fn change(mut call: Invocation<'_, '_, '_>) -> Option<()> {
    let (href, _charge) = text(&mut call, 0)?;
    let (_, set) = PARTS.get(call.index(1)?)?;
    let (value, _other) = text(&mut call, 2)?;
    let mut url = Url::parse(&href).ok()?;
    set(&mut url, &value).ok()?;
    give(call, url.as_str())
}

/// `(href)`: where each part begins and ends.
pub(super) fn parts(mut call: Invocation<'_, '_, '_>) -> Option<()> {
    let (href, _charge) = text(&mut call, 0)?;
    let url = Url::parse(&href).ok()?;
    let whole = url.as_str();
    let mut places = Vec::with_capacity(2 * PARTS.len());
    for (part, _) in PARTS {
        let part = part(&url);
        // An empty one may be anywhere.
        let start = (part.as_ptr() as usize).wrapping_sub(whole.as_ptr() as usize);
        let start = if part.is_empty() { 0 } else { start };
        places.push(number(call.scope, start as u64));
        places.push(number(call.scope, (start + part.len()) as u64));
    }
    let places = v8::Array::new_with_elements(call.scope, &places);
    call.result.set(places.into());
    Some(())
}

/// `(href)`.
pub(super) fn origin(mut call: Invocation<'_, '_, '_>) -> Option<()> {
    let (href, _charge) = text(&mut call, 0)?;
    let url = Url::parse(&href).ok()?;
    give(call, &quirks::origin(&url))
}

/// `(query)`, without its question mark: its names and values in turn; nothing where it is too long.
pub(super) fn parse_query(mut call: Invocation<'_, '_, '_>) -> Option<()> {
    let (query, _charge) = text(&mut call, 0)?;
    let mut list: Vec<Local<'_, Value>> = Vec::new();
    for (name, value) in parse_pairs(query.as_bytes()) {
        list.push(v8::String::new(call.scope, &name)?.into());
        list.push(v8::String::new(call.scope, &value)?.into());
    }
    let list = v8::Array::new_with_elements(call.scope, &list);
    call.result.set(list.into());
    Some(())
}

/// `(list)`: the query of names and values in turn; nothing where it is too long.
pub(super) fn write_query(mut call: Invocation<'_, '_, '_>) -> Option<()> {
    let list = call.arguments.get(0).try_cast::<v8::Array>().ok()?;
    let mut length = 0usize;
    for index in 0..list.length() {
        let part = list.get_index(call.scope, index)?;
        length += part.try_cast::<v8::String>().ok()?.length();
    }
    let _charge = charge(&mut call, length)?;
    let mut query = Serializer::new(String::new());
    for index in (0..list.length()).step_by(2) {
        let name = list.get_index(call.scope, index)?;
        let value = list.get_index(call.scope, index + 1)?;
        let name = name.to_rust_string_lossy(call.scope);
        query.append_pair(&name, &value.to_rust_string_lossy(call.scope));
    }
    give(call, &query.finish())
}

/// An argument without halves of surrogate pairs, and its memory.
fn text(call: &mut Invocation<'_, '_, '_>, at: i32) -> Option<(String, Option<Charge>)> {
    let text = call.arguments.get(at).try_cast::<v8::String>().ok()?;
    let charge = charge(call, text.length())?;
    Some((text.to_rust_string_lossy(call.scope), charge))
}

fn charge(call: &mut Invocation<'_, '_, '_>, units: usize) -> Option<Option<Charge>> {
    match units {
        ..SMALL => Some(None),
        SMALL..=LONGEST => call.take(units * COPIES, 0).map(Some),
        _ => None,
    }
}

fn give(mut call: Invocation<'_, '_, '_>, text: &str) -> Option<()> {
    let text = v8::String::new_from_utf8(call.scope, text.as_bytes(), NewStringType::Normal)?;
    call.result.set(text.into());
    Some(())
}
