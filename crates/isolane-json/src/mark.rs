//! The byte order mark, which may come in pieces too.

const MARK: &[u8] = b"\xef\xbb\xbf";

/// How far the start of the text is that of a mark.
#[derive(Debug)]
pub(crate) enum Mark {
    /// So many bytes of one, and nothing else yet. They are held back.
    Perhaps(usize),
    /// It is known whether there is one.
    Settled,
}

/// What a piece is once it is known whether the text begins with a mark.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Start<'a> {
    /// It is not known yet.
    Open,
    /// A mark of so many bytes, then this.
    Marked(usize, &'a [u8]),
    /// No mark: what was held back is text, then this.
    Text(&'static [u8], &'a [u8]),
}

impl Mark {
    pub(crate) fn read<'a>(&mut self, piece: &'a [u8]) -> Start<'a> {
        let Self::Perhaps(seen) = *self else {
            return Start::Text(&[], piece);
        };
        let (held, rest) = MARK.split_at(seen);
        let more = piece.iter().zip(rest).take_while(|(a, b)| a == b).count();
        if more == rest.len() {
            *self = Self::Settled;
            Start::Marked(MARK.len(), &piece[more..])
        } else if more == piece.len() {
            *self = Self::Perhaps(seen + more);
            Start::Open
        } else {
            *self = Self::Settled;
            Start::Text(held, piece)
        }
    }

    /// What is held back when the text ends: it is text.
    pub(crate) fn held(&self) -> &'static [u8] {
        match self {
            Self::Perhaps(seen) => &MARK[..*seen],
            Self::Settled => &[],
        }
    }
}
