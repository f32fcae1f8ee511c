use std::fmt::Write;

use super::Index;
use super::visible::{cells, push};

/// Lines shown before and behind the one that is marked.
const AROUND: usize = 2;
/// Columns of a terminal that a line may take.
const WIDTH: usize = 96;
/// Of these, those before what is marked where the line is longer.
const BEFORE: usize = 32;

const RED: &str = "\u{1b}[31m";
const DIM: &str = "\u{1b}[2m";
const PLAIN: &str = "\u{1b}[0m";

/// A few lines of a text with the characters from `start` to `end` marked, in UTF-16 offsets.
#[must_use]
pub fn frame_at(text: &str, start: usize, end: usize, color: bool) -> String {
    let index = Index::new(text);
    frame(&index, index.byte(start), index.byte(end), color)
}

/// A few lines of a text with the bytes from `start` to `end` marked, or those of them in the first
/// line. Long lines are cut, and what a terminal would obey is replaced.
pub(crate) fn frame(index: &Index<'_>, start: usize, end: usize, color: bool) -> String {
    let start = index.border(start);
    let line = index.line_of(start);
    let (line_start, line_end) = index.line(line);
    let start = start.min(line_end);
    let end = index.border(end).clamp(start, line_end);
    let text = index.text();
    let marked = Cut::around(
        &text[line_start..line_end],
        start - line_start,
        end - line_start,
    );

    // Where the line is cut on the left, those around it have nothing that stands above or below.
    let around = if marked.is_cut_left { 0 } else { AROUND };
    let first = line.saturating_sub(around);
    let mut last = (line + around).min(index.lines() - 1);
    if last > line && index.line(last).0 == text.len() {
        // What follows the last line break is no line of its own.
        last -= 1;
    }
    let digits = (last + 1).to_string().len();
    let (red, dim, plain) = if color {
        (RED, DIM, PLAIN)
    } else {
        ("", "", "")
    };

    let mut frame = String::new();
    for number in first..=last {
        let shown = if number == line {
            marked.text.clone()
        } else {
            let (start, end) = index.line(number);
            Cut::around(&text[start..end], 0, 0).text
        };
        let pointer = if number == line { ">" } else { " " };
        let separator = if shown.is_empty() { "" } else { " " };
        // Writing to a string does not fail.
        let _ = writeln!(
            frame,
            "{red}{pointer}{plain} {dim}{:>digits$} |{plain}{separator}{shown}",
            number + 1
        );
        if number == line {
            let space = " ".repeat(marked.before);
            let carets = "^".repeat(marked.width.max(1));
            let _ = writeln!(
                frame,
                "  {dim}{:>digits$} |{plain} {space}{red}{carets}{plain}",
                ""
            );
        }
    }
    frame.pop();
    frame
}

/// A line as far as it is shown.
struct Cut {
    text: String,
    is_cut_left: bool,
    /// Columns before what is marked.
    before: usize,
    /// Columns that are marked.
    width: usize,
}

impl Cut {
    /// Cuts `line` so that what follows the byte at `start` is seen.
    fn around(line: &str, start: usize, end: usize) -> Self {
        let mut cut = Self {
            text: String::new(),
            is_cut_left: false,
            before: 0,
            width: 0,
        };
        let mut from = 0;
        // Widths are counted in what is near only: a line may be as long as the text.
        let near = start.saturating_sub(4 * WIDTH);
        let near = (0..=near)
            .rev()
            .find(|&at| line.is_char_boundary(at))
            .unwrap_or(0);
        if near > 0 || width(&line[near..start]) > WIDTH - BEFORE {
            cut.is_cut_left = true;
            from = start;
            let mut room = BEFORE;
            for (at, char) in line[near..start].char_indices().rev() {
                let Some(rest) = room.checked_sub(cells(char)) else {
                    break;
                };
                room = rest;
                from = near + at;
            }
            cut.text.push('…');
            cut.before = 1;
        }
        let mut taken = cut.before;
        for (at, char) in line[from..].char_indices() {
            let at = from + at;
            let cells = cells(char);
            if taken + cells > WIDTH {
                cut.text.push('…');
                break;
            }
            taken += cells;
            if at < start {
                cut.before += cells;
            } else if at < end {
                cut.width += cells;
            }
            push(&mut cut.text, char);
        }
        if start == end {
            cut.width = 0;
        }
        cut
    }
}

fn width(text: &str) -> usize {
    text.chars().map(cells).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, part: &str) -> String {
        let start = text.find(part).expect("it is there");
        frame(&Index::new(text), start, start + part.len(), false)
    }

    #[test]
    fn shows_the_lines_around() {
        let text = "one\r\n\r\nthree bad four\nfive\nsix\nseven";
        let expected =
            "  1 | one\n  2 |\n> 3 | three bad four\n    |       ^^^\n  4 | five\n  5 | six";
        assert_eq!(of(text, "bad"), expected);
    }

    #[test]
    fn nothing_is_shown_behind_the_last_line_break() {
        assert_eq!(of("bad\n", "bad"), "> 1 | bad\n    | ^^^");
        assert_eq!(of("bad\n\n", "bad"), "> 1 | bad\n    | ^^^\n  2 |");
        assert_eq!(
            frame(&Index::new("bad\n"), 4, 4, false),
            "  1 | bad\n> 2 |\n    | ^"
        );
    }

    #[test]
    fn points_below_wide_characters_and_tabs() {
        assert_eq!(of("\t漢😀bad", "bad"), "> 1 |   漢😀bad\n    |       ^^^");
    }

    #[test]
    fn nothing_in_it_moves_a_cursor() {
        let shown = of("\u{1b}[2Jbad\0\u{202e}\u{7f}", "bad");
        assert_eq!(shown, "> 1 | ␛[2Jbad␀\u{fffd}␡\n    |     ^^^");
    }

    #[test]
    fn long_lines_are_cut_on_both_sides() {
        let text = format!("{}bad{}", "é".repeat(100_000), "😀".repeat(100_000));
        let shown = of(&text, "bad");
        assert!(shown.len() < 800, "{shown}");
        assert!(
            shown.contains(&format!("> 1 | …{}bad😀", "é".repeat(32))),
            "{shown}"
        );
        assert!(
            shown.ends_with(&format!("{}^^^", " ".repeat(34))),
            "{shown}"
        );
    }

    #[test]
    fn a_place_of_no_length_is_marked_as_well() {
        assert_eq!(frame(&Index::new("ab"), 2, 2, false), "> 1 | ab\n    |   ^");
        assert_eq!(frame(&Index::new(""), 0, 9, false), "> 1 |\n    | ^");
        assert_eq!(
            frame(&Index::new("a\nb"), 0, 3, false),
            "> 1 | a\n    | ^\n  2 | b"
        );
    }

    #[test]
    fn offsets_of_javascript_are_taken_too() {
        assert_eq!(frame_at("😀bad", 2, 5, false), "> 1 | 😀bad\n    |   ^^^");
        let colored = frame_at("x", 0, 1, true);
        assert!(colored.contains("\u{1b}[31m^\u{1b}[0m"), "{colored:?}");
    }
}
