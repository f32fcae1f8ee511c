//! One way to read a text as tokens: just enough of them to count how deep it nests.

use crate::level::{Closes, Level};
use crate::words::{BEFORE_HEADS, CONTINUING, OPERATORS, UNKNOWN};

/// Levels of guesses within one another that are not worth counting.
const GUESSED: u32 = 4;
/// Angles in a row that are not worth counting.
const ANGLES: usize = 8;

/// What a reader is within.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Within {
    Code,
    /// A name or a number that began at this offset.
    Word(usize),
    /// A string, by its quotation mark.
    String(u8),
    Template,
    LineComment,
    BlockComment,
    Regex,
    /// A class of characters in a regular expression.
    Class,
}

/// What stands before a place in code: whether a slash there divides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Before {
    Operand,
    Operator,
    /// Which of them, only a parser can tell.
    Unknown,
}

impl Before {
    fn or(self, other: Self) -> Self {
        if self == other { self } else { Self::Unknown }
    }
}

/// Reads code, and counts. Where two ways to read are possible it goes one, and gives the other.
#[derive(Clone, Debug)]
pub(crate) struct Reader {
    pub(crate) within: Within,
    before: Before,
    levels: Vec<Level>,
    /// The last byte of the last token; 0 where that is unknown.
    last: u8,
    /// Whether that was a word that a head follows, such as `if`.
    before_head: bool,
    /// Whether a line has ended since the last token.
    new_line: bool,
    /// Bytes that belong to what has been read.
    skip: u8,
    /// How often a parser of TypeScript may read what has been read, summed up over tokens.
    pub(crate) guesses: usize,
    /// How deep its words are, summed up.
    pub(crate) weight: usize,
}

impl Reader {
    pub(crate) fn new() -> Self {
        Self {
            within: Within::Code,
            before: Before::Operator,
            levels: vec![Level::new(0, Closes::Code, false)],
            last: b';',
            before_head: false,
            new_line: false,
            skip: 0,
            guesses: 0,
            weight: 0,
        }
    }

    pub(crate) fn depth(&self) -> usize {
        self.top().depth
    }

    fn top(&self) -> &Level {
        self.levels
            .last()
            .expect("the text's own level is never closed")
    }

    fn top_mut(&mut self) -> &mut Level {
        self.levels
            .last_mut()
            .expect("the text's own level is never closed")
    }

    /// Whether both go on alike.
    pub(crate) fn meets(&self, other: &Self) -> bool {
        self.within == other.within && self.skip == other.skip
    }

    /// Goes on for both: at each place at least as deep as either.
    pub(crate) fn merge(&mut self, mut other: Self) {
        self.before = self.before.or(other.before);
        self.before_head |= other.before_head;
        self.new_line &= other.new_line;
        self.guesses = self.guesses.max(other.guesses);
        self.weight = self.weight.max(other.weight);
        if self.last != other.last {
            self.last = 0;
        }
        if self.levels.len() < other.levels.len() {
            std::mem::swap(&mut self.levels, &mut other.levels);
        }
        for (mine, its) in self.levels.iter_mut().rev().zip(other.levels.iter().rev()) {
            mine.merge(its);
        }
    }

    /// Reads the byte at `at`.
    pub(crate) fn read(&mut self, text: &[u8], at: usize) -> Option<Self> {
        if self.skip > 0 {
            self.skip -= 1;
            return None;
        }
        let byte = text[at];
        if let Within::Word(start) = self.within {
            if is_of_word(byte) {
                return None;
            }
            self.weight = self.weight.saturating_add(self.depth());
            self.end_word(&text[start..at]);
        }
        let rest = &text[at..];
        match self.within {
            Within::Code | Within::Word(_) => return self.read_code(text, at),
            Within::String(quote) => match byte {
                b'\\' => self.skip = escaped(rest),
                // Where it is not closed the parser gives up.
                b'\n' | b'\r' => self.operand(),
                _ if byte == quote => self.operand(),
                _ => {}
            },
            Within::Template => match byte {
                b'\\' => self.skip = escaped(rest),
                b'`' => self.operand(),
                b'$' if rest.get(1) == Some(&b'{') => {
                    self.skip = 1;
                    self.open(Closes::Substitution, false);
                }
                _ => {}
            },
            Within::LineComment if ends_line(rest) => {
                self.within = Within::Code;
                self.new_line = true;
            }
            Within::BlockComment if rest.starts_with(b"*/") => {
                self.skip = 1;
                self.within = Within::Code;
            }
            Within::LineComment | Within::BlockComment => {}
            Within::Regex | Within::Class => match byte {
                b'\\' => self.skip = escaped(rest),
                b'[' => self.within = Within::Class,
                b']' => self.within = Within::Regex,
                b'/' if self.within == Within::Regex => self.operand(),
                _ if ends_line(rest) => self.operand(),
                _ => {}
            },
        }
        None
    }

    fn read_code(&mut self, text: &[u8], at: usize) -> Option<Self> {
        let (byte, rest) = (text[at], &text[at..]);
        match byte {
            _ if is_of_word(byte) => self.within = Within::Word(at),
            b'\n' | b'\r' => self.new_line = true,
            b' ' | b'\t' | 0x0b | 0x0c => {}
            b'/' => return self.read_slash(rest),
            b'\'' | b'"' => self.within = Within::String(byte),
            b'`' => {
                // Templates behind one another nest as calls do.
                self.count();
                self.within = Within::Template;
            }
            b'(' | b'[' | b'{' => self.open(Closes::Code, byte == b'(' && self.before_head),
            b')' | b']' => {
                let before_statement = self.top().is_head;
                self.close();
                self.operand();
                if before_statement {
                    self.before = Before::Unknown;
                }
            }
            b'}' => return self.close_brace(),
            b';' | b',' => {
                let start = self.start();
                if byte == b';' {
                    self.top_mut().end_statement(start);
                } else {
                    self.top_mut().pass_comma(start);
                }
                self.token(byte, Before::Operator);
            }
            _ => {
                let comment = rest.starts_with(b"<!--")
                    || rest.starts_with(b"-->")
                    || (at == 0 && rest.starts_with(b"#!"));
                self.punctuation(byte, at.checked_sub(1).map(|at| text[at]));
                // Comments of old web pages: where, only the parser knows.
                return comment.then(|| self.turned(Within::LineComment));
            }
        }
        None
    }

    fn read_slash(&mut self, rest: &[u8]) -> Option<Self> {
        match rest.get(1) {
            Some(b'/') => self.within = Within::LineComment,
            Some(b'*') => {
                self.skip = 1;
                self.within = Within::BlockComment;
            }
            _ => match self.before {
                Before::Operator => self.within = Within::Regex,
                Before::Operand => self.punctuation(b'/', None),
                Before::Unknown => {
                    let other = self.turned(Within::Regex);
                    self.punctuation(b'/', None);
                    return Some(other);
                }
            },
        }
        None
    }

    /// The same, but within something else.
    fn turned(&self, within: Within) -> Self {
        Self {
            within,
            ..self.clone()
        }
    }

    /// Takes a byte that is no part of a word; `neighbour` stands right before it.
    fn punctuation(&mut self, byte: u8, neighbour: Option<u8>) {
        self.count();
        let doubled = neighbour == Some(byte);
        let level = self.top_mut();
        match byte {
            b'<' => level.angles += 1,
            b'>' if neighbour != Some(b'=') => level.angles = level.angles.saturating_sub(1),
            _ => {}
        }
        let unknown = match byte {
            // Behind `i++`, `i--`, `x!`, `Type<T>` and `1.` a slash divides, behind others not.
            b'+' | b'-' => doubled,
            b'!' => self.before != Before::Operator,
            b'>' => neighbour != Some(b'='),
            b'.' => true,
            _ => false,
        };
        self.token(
            byte,
            if unknown {
                Before::Unknown
            } else {
                Before::Operator
            },
        );
    }

    /// A token has ended.
    fn token(&mut self, last: u8, before: Before) {
        self.within = Within::Code;
        self.last = last;
        self.before = before;
        self.before_head = false;
        self.new_line = false;
        self.top_mut().after_brace = false;
    }

    fn operand(&mut self) {
        self.token(b'a', Before::Operand);
    }

    fn end_word(&mut self, word: &[u8]) {
        // White space that is not ASCII is taken for a part of a word, which then may be any.
        let any = !word.iter().all(|&byte| is_plain(byte));
        let begins = self.top().after_brace || (self.new_line && self.before == Before::Operand);
        if begins && !any && !CONTINUING.contains(&word) {
            let start = self.start();
            self.top_mut().end_statement(start);
        }
        if any || word == b"else" || word == b"while" {
            self.top_mut().resume();
        }
        self.count();
        let before = match self.last {
            _ if any || UNKNOWN.contains(&word) => Before::Unknown,
            _ if !OPERATORS.contains(&word) => Before::Operand,
            0 => Before::Unknown,
            b'.' => Before::Operand,
            _ => Before::Operator,
        };
        self.token(b'a', before);
        self.before_head = any || BEFORE_HEADS.contains(&word);
    }

    fn count(&mut self) {
        let level = self.top_mut();
        level.depth += 1;
        let (guessed, angles) = (level.guessed, level.angles);
        if guessed >= GUESSED {
            let often = 4usize.saturating_pow(guessed);
            self.guesses = self.guesses.saturating_add(often);
        }
        // Of `a<b<c<…` each is read as types to the end, and then from the next.
        if angles >= ANGLES {
            self.guesses = self.guesses.saturating_add(2 * angles);
        }
    }

    fn open(&mut self, closes: Closes, is_head: bool) {
        let depth = self.depth();
        self.token(b'(', Before::Operator);
        let around = self.top();
        let guessed = around.guessed + u32::from(around.angles > 0);
        let mut level = Level::new(depth, closes, is_head);
        level.guessed = guessed;
        self.levels.push(level);
        self.count();
    }

    fn close(&mut self) {
        if self.levels.len() > 1 {
            self.levels.pop();
        }
        // A chain such as `f()()()` is as deep as it is long.
        self.count();
    }

    fn close_brace(&mut self) -> Option<Self> {
        let closes = self.top().closes;
        self.close();
        self.token(b'}', Before::Unknown);
        self.top_mut().after_brace = true;
        match closes {
            Closes::Code => None,
            Closes::Substitution => {
                self.within = Within::Template;
                None
            }
            Closes::Unknown => Some(self.turned(Within::Template)),
        }
    }

    /// How deep the level that is open begins.
    fn start(&self) -> usize {
        let below = self.levels.len().checked_sub(2);
        below.map_or(0, |below| self.levels[below].depth + 1)
    }
}

/// How many bytes behind a backslash belong to it.
fn escaped(rest: &[u8]) -> u8 {
    if rest[1..].starts_with(b"\r\n") { 2 } else { 1 }
}

fn ends_line(rest: &[u8]) -> bool {
    matches!(rest[0], b'\n' | b'\r')
        || rest.starts_with("\u{2028}".as_bytes())
        || rest.starts_with("\u{2029}".as_bytes())
}

/// Of a name or a number; all that is not ASCII is taken for it.
fn is_of_word(byte: u8) -> bool {
    is_plain(byte) || matches!(byte, b'\\' | 0x80..)
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$')
}
