//! Characters that a terminal would not show but obey, and what stands for them.

use unicode_width::UnicodeWidthChar;

/// How many columns a character takes as it is shown.
pub(super) fn cells(char: char) -> usize {
    match char {
        '\t' => 2,
        _ if is_replaced(char) => 1,
        _ => char.width().unwrap_or(1),
    }
}

/// Adds a character as it is shown.
pub(super) fn push(text: &mut String, char: char) {
    match char {
        '\t' => text.push_str("  "),
        '\u{0}'..='\u{1f}' => text.extend(char::from_u32(0x2400 + u32::from(char))),
        '\u{7f}' => text.push('\u{2421}'),
        _ if is_replaced(char) => text.push('\u{fffd}'),
        _ => text.push(char),
    }
}

/// A sentence that names parts of a text, in one line that a terminal shows as it is.
pub(crate) fn visible(sentence: String) -> String {
    if !sentence.contains(is_replaced) {
        return sentence;
    }
    let mut shown = String::with_capacity(sentence.len());
    sentence.chars().for_each(|char| push(&mut shown, char));
    shown
}

/// Whether a terminal would do something else than show it.
fn is_replaced(char: char) -> bool {
    char.is_control()
        || matches!(
            char,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_stay_in_one_line_and_move_no_cursor() {
        let shown = |text: &str| visible(text.into());
        assert_eq!(shown("`a\r\nb` is 😀"), "`a␍␊b` is 😀");
        assert_eq!(
            shown("\u{1b}[2J\u{2028}\u{202e}\t"),
            "␛[2J\u{fffd}\u{fffd}  "
        );
        assert_eq!(shown("as it is, “é”"), "as it is, “é”");
    }
}
