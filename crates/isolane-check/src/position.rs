/// A place in a text, as editors count: lines and columns from 1, columns in UTF-16 code units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1, in UTF-16 code units.
    pub column: u32,
}

impl Position {
    /// The place of the byte at `offset` of `text`. Lines end as JavaScript's do.
    pub(crate) fn of(text: &str, offset: usize) -> Self {
        let before = &text[..floor(text, offset)];
        let mut line = 1;
        let mut start = 0;
        let mut chars = before.char_indices().peekable();
        while let Some((at, char)) = chars.next() {
            let ends = match char {
                // A carriage return and a line feed are one end.
                '\r' => chars.peek().is_none_or(|&(_, next)| next != '\n'),
                '\n' | '\u{2028}' | '\u{2029}' => true,
                _ => false,
            };
            if ends {
                line += 1;
                start = at + char.len_utf8();
            }
        }
        let units: usize = before[start..].chars().map(char::len_utf16).sum();
        Self {
            line,
            column: units as u32 + 1,
        }
    }
}

/// The last border of a character that is not behind `offset`.
fn floor(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_lines_and_utf16_columns() {
        let text = "a\r\nb😀c\rd\n\u{2028}e";
        let at = |needle: char| {
            let Position { line, column } =
                Position::of(text, text.find(needle).expect("it is there"));
            (line, column)
        };
        assert_eq!(at('a'), (1, 1));
        assert_eq!(at('b'), (2, 1));
        assert_eq!(at('c'), (2, 4));
        assert_eq!(at('d'), (3, 1));
        assert_eq!(at('e'), (5, 1));
    }

    #[test]
    fn an_offset_out_of_bounds_or_within_a_character_is_a_place_too() {
        assert_eq!(Position::of("😀", 2), Position { line: 1, column: 1 });
        assert_eq!(Position::of("ab", 99), Position { line: 1, column: 3 });
    }
}
