//! Strings with lone surrogates, as the parser writes them down and the writer of trees reads them.

use oxc_allocator::Allocator;
use oxc_ast::ast::{Atom, StringLiteral, TemplateElement};
use oxc_ast_visit::VisitMut;

/// Stands in front of a code unit in hex, and of itself as `fffd`.
const ESCAPE: char = '\u{fffd}';
const ITSELF: &str = "\u{fffd}fffd";

/// Mends what the parser leaves as it is: of `\` in front of U+FFFD it writes that character without what
/// says that it stands for itself, and the writer panics where no four digits follow. Where such digits
/// happen to follow in the text, the value is that of another character.
pub(super) struct LoneSurrogates<'a> {
    pub(super) allocator: &'a Allocator,
}

impl<'a> VisitMut<'a> for LoneSurrogates<'a> {
    fn visit_string_literal(&mut self, it: &mut StringLiteral<'a>) {
        if it.lone_surrogates {
            self.mend(&mut it.value);
        }
    }

    fn visit_template_element(&mut self, it: &mut TemplateElement<'a>) {
        if it.lone_surrogates
            && let Some(cooked) = &mut it.value.cooked
        {
            self.mend(cooked);
        }
    }
}

impl<'a> LoneSurrogates<'a> {
    fn mend(&self, value: &mut Atom<'a>) {
        let is_whole = |part: &str| {
            let unit = part.as_bytes().get(..4);
            unit.is_some_and(|unit| {
                unit.iter()
                    .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
            })
        };
        let mut parts = value.split(ESCAPE);
        let mut mended = parts.next().unwrap_or_default().to_owned();
        let mut is_mended = false;
        for part in parts {
            if is_whole(part) {
                mended.push(ESCAPE);
            } else {
                mended.push_str(ITSELF);
                is_mended = true;
            }
            mended.push_str(part);
        }
        if is_mended {
            *value = Atom::from(self.allocator.alloc_str(&mended));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{CheckOptions, estree};

    /// The value of the only literal, or what the only template gives.
    fn value(text: &str) -> String {
        let options = CheckOptions::read("{}").expect("right");
        let tree = estree(text, &options).expect("it is JavaScript");
        let from = tree
            .find("\"cooked\":")
            .or_else(|| tree.find("\"value\":"))
            .expect("it is there");
        let value = tree[from..].split_once(':').expect("it has one").1;
        value[..=value[1..].find('"').expect("it ends") + 1].to_owned()
    }

    #[test]
    fn the_replacement_character_stands_for_itself_behind_a_backslash_too() {
        for quote in ['`', '"'] {
            let quoted = |text: &str| value(&format!("({quote}{text}{quote})"));
            assert_eq!(quoted("\\uD800\\\u{fffd}"), "\"\\ud800\u{fffd}\"");
            assert_eq!(quoted("\\\u{fffd}\\uD800"), "\"\u{fffd}\\ud800\"");
            assert_eq!(quoted("\\uD800\\\u{fffd}é12"), "\"\\ud800\u{fffd}é12\"");
            assert_eq!(
                quoted("\\uD800\u{fffd}\u{fffd}x"),
                "\"\\ud800\u{fffd}\u{fffd}x\""
            );
            assert_eq!(quoted("\\\u{fffd}x"), "\"\u{fffd}x\"");
        }
    }
}
