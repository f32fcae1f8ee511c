use isolane_syntax::Position;

/// Bytes between two places whose UTF-16 offset is kept.
const STRIDE: usize = 1024;

/// The places of a text: what a byte's offset is in UTF-16, and in which line and column it stands.
pub(crate) struct Index<'a> {
    text: &'a str,
    /// The UTF-16 offset of every `STRIDE`th byte; none where the text is ASCII.
    checkpoints: Vec<usize>,
    /// The bytes at which lines begin.
    lines: Vec<usize>,
}

impl<'a> Index<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        let mut checkpoints = Vec::new();
        if !text.is_ascii() {
            let mut units = 0;
            for piece in text.as_bytes().chunks(STRIDE) {
                checkpoints.push(units);
                units += units_in(piece);
            }
            checkpoints.push(units);
        }
        Self {
            text,
            checkpoints,
            lines: lines(text.as_bytes()),
        }
    }

    pub(crate) fn text(&self) -> &'a str {
        self.text
    }

    /// How many lines there are.
    pub(crate) fn lines(&self) -> usize {
        self.lines.len()
    }

    /// The line, from 0, that the byte is in.
    pub(crate) fn line_of(&self, offset: usize) -> usize {
        self.lines.partition_point(|&start| start <= offset) - 1
    }

    /// Where a line begins, and where it ends, without what ends it.
    pub(crate) fn line(&self, line: usize) -> (usize, usize) {
        let start = self.lines[line];
        let next = self.lines.get(line + 1).copied();
        let end = next.unwrap_or(self.text.len());
        let ended = if next.is_some() {
            let text = &self.text[start..end];
            let kept = text
                .strip_suffix("\r\n")
                .or_else(|| text.strip_suffix(['\r', '\n', '\u{2028}', '\u{2029}']));
            start + kept.unwrap_or(text).len()
        } else {
            end
        };
        (start, ended)
    }

    /// The last border of a character that is not behind `offset`.
    pub(crate) fn border(&self, offset: usize) -> usize {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    }

    /// The offset in UTF-16 code units.
    pub(crate) fn utf16(&self, offset: usize) -> usize {
        let offset = self.border(offset);
        if self.checkpoints.is_empty() {
            return offset;
        }
        let step = offset / STRIDE;
        self.checkpoints[step] + units_in(&self.text.as_bytes()[step * STRIDE..offset])
    }

    /// The byte at an offset in UTF-16 code units; of half a pair, where the pair begins.
    pub(crate) fn byte(&self, utf16: usize) -> usize {
        if self.checkpoints.is_empty() {
            return utf16.min(self.text.len());
        }
        let step = self.checkpoints.partition_point(|&units| units <= utf16) - 1;
        // A step may end within a character, which then counts where it begins.
        let mut at = self.border((step * STRIDE).min(self.text.len()));
        let mut units = self.utf16(at);
        for char in self.text[at..].chars() {
            units += char.len_utf16();
            if units > utf16 {
                break;
            }
            at += char.len_utf8();
        }
        at
    }

    /// The line and column, from 1, columns in UTF-16.
    pub(crate) fn position(&self, offset: usize) -> Position {
        let offset = self.border(offset);
        let line = self.line_of(offset);
        let column = self.utf16(offset) - self.utf16(self.lines[line]) + 1;
        Position {
            line: number(line + 1),
            column: number(column),
        }
    }
}

fn number(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// How many UTF-16 code units begin within these bytes of UTF-8.
fn units_in(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .map(|&byte| match byte {
            0x80..=0xbf => 0,
            0xf0.. => 2,
            _ => 1,
        })
        .sum()
}

/// The bytes at which lines begin. Lines end as JavaScript's do.
fn lines(text: &[u8]) -> Vec<usize> {
    let mut starts = vec![0];
    let mut at = 0;
    while at < text.len() {
        let length = match text[at] {
            b'\r' if text.get(at + 1) == Some(&b'\n') => 2,
            b'\n' | b'\r' => 1,
            0xe2 if matches!(text.get(at + 1..at + 3), Some([0x80, 0xa8 | 0xa9])) => 3,
            _ => {
                at += 1;
                continue;
            }
        };
        at += length;
        starts.push(at);
    }
    starts
}

#[cfg(test)]
mod tests {
    use isolane_syntax::Position;

    use super::*;

    #[test]
    fn counts_as_one_counts_by_hand() {
        let long = "x😀é\r\n".repeat(700);
        for text in [
            "",
            "a",
            "a\r\nb😀c\rd\n\u{2028}e",
            "\u{feff}😀\0\u{2029}",
            &long,
        ] {
            let index = Index::new(text);
            for (at, _) in text.char_indices().chain([(text.len(), ' ')]) {
                let units = text[..at].encode_utf16().count();
                assert_eq!(index.utf16(at), units);
                assert_eq!(index.byte(units), at, "{at} of {text:?}");
                assert_eq!(index.position(at), Position::of(text, at));
            }
        }
    }

    #[test]
    fn lines_are_without_their_ends() {
        let index = Index::new("a\r\n\nbc\u{2028}");
        let lines: Vec<_> = (0..index.lines()).map(|line| index.line(line)).collect();
        assert_eq!(lines, [(0, 1), (3, 3), (4, 6), (9, 9)]);
    }

    #[test]
    fn offsets_out_of_bounds_are_the_end() {
        let index = Index::new("😀");
        assert_eq!((index.utf16(99), index.utf16(2)), (2, 0));
        assert_eq!((index.byte(99), index.byte(1)), (4, 0));
    }
}
