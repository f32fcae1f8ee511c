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
    #[must_use]
    pub fn of(text: &str, offset: usize) -> Self {
        Positions::new(text).at(offset)
    }
}

/// Places in one text; those asked for in order cost one walk through it.
#[derive(Clone, Debug)]
pub struct Positions<'a> {
    text: &'a str,
    /// Up to which the text has been counted.
    offset: usize,
    position: Position,
}

impl<'a> Positions<'a> {
    /// Begins at the start of `text`.
    #[must_use]
    pub fn new(text: &'a str) -> Self {
        Self {
            text,
            offset: 0,
            position: Position { line: 1, column: 1 },
        }
    }

    /// The place of the byte at `offset`, or of the character that it is within.
    pub fn at(&mut self, offset: usize) -> Position {
        let offset = floor(self.text, offset);
        if offset < self.offset {
            *self = Self::new(self.text);
        }
        for (at, char) in self.text[self.offset..offset].char_indices() {
            let next = self.offset + at + char.len_utf8();
            let ends = match char {
                // A carriage return and a line feed are one end.
                '\r' => self.text.as_bytes().get(next) != Some(&b'\n'),
                '\n' | '\u{2028}' | '\u{2029}' => true,
                _ => false,
            };
            if ends {
                self.position.line += 1;
                self.position.column = 1;
            } else {
                self.position.column += if char > '\u{ffff}' { 2 } else { 1 };
            }
        }
        self.offset = offset;
        self.position
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
        let mut forward = Positions::new(text);
        for (char, line, column) in [
            ('a', 1, 1),
            ('b', 2, 1),
            ('c', 2, 4),
            ('d', 3, 1),
            ('e', 5, 1),
            ('b', 2, 1),
        ] {
            let offset = text.find(char).expect("it is there");
            assert_eq!(forward.at(offset), Position { line, column }, "{char}");
            assert_eq!(Position::of(text, offset), Position { line, column });
        }
    }

    #[test]
    fn an_offset_out_of_bounds_or_within_a_character_is_a_place_too() {
        assert_eq!(Position::of("😀", 2), Position { line: 1, column: 1 });
        assert_eq!(Position::of("ab", 99), Position { line: 1, column: 3 });
    }
}
