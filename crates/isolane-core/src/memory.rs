//! Memory that goes into a job and out of it: the pool's own, or the host's on [loan](Loan).

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;

use crate::sync::{Mutex, lock};

/// Memory of the host's that it lends for the length of a job, and may take back at any moment: when
/// its thread ends, what it has lent is freed. So nobody keeps a reference into it.
pub trait Loan: Send + Sync {
    /// Calls `visit` with the bytes of `range`, which stay valid meanwhile. `visit` must take a
    /// bounded, short time: whoever takes the memory back waits for it.
    ///
    /// # Errors
    ///
    /// [`TakenBack`]; `visit` was not called.
    fn read(&self, range: Range<usize>, visit: &mut dyn FnMut(&[u8])) -> Result<(), TakenBack>;

    /// Writes `bytes` from `offset` on. Nobody else reads or writes that range meanwhile.
    ///
    /// # Errors
    ///
    /// [`TakenBack`], or the range is not inside; nothing was written.
    fn write(&self, offset: usize, bytes: &[u8]) -> Result<(), TakenBack>;
}

/// The host has taken back what it had lent, or never lent that range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the memory has been taken back")]
pub struct TakenBack;

/// Bytes that an isolate is to copy into its own memory.
#[derive(Clone)]
pub enum Input {
    /// The pool's.
    Owned(Bytes),
    /// The host's, who has given them up and would only throw them away.
    Lent {
        /// Whose they are.
        loan: Arc<dyn Loan>,
        /// Which of them.
        range: Range<usize>,
    },
}

impl Input {
    /// How many they are.
    pub fn len(&self) -> usize {
        match self {
            Self::Owned(bytes) => bytes.len(),
            Self::Lent { range, .. } => range.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Calls `visit` with them; see [`Loan::read`].
    ///
    /// # Errors
    ///
    /// [`TakenBack`], of a loan.
    pub fn read(&self, mut visit: impl FnMut(&[u8])) -> Result<(), TakenBack> {
        match self {
            Self::Owned(bytes) => {
                visit(bytes);
                Ok(())
            }
            Self::Lent { loan, range } => loan.read(range.clone(), &mut visit),
        }
    }

    /// A part of them.
    #[must_use]
    pub fn slice(&self, part: Range<usize>) -> Self {
        match self {
            Self::Owned(bytes) => Self::Owned(bytes.slice(part)),
            Self::Lent { loan, range } => Self::Lent {
                loan: Arc::clone(loan),
                range: range.start + part.start..range.start + part.end,
            },
        }
    }

    /// Splits off the first `length` bytes.
    pub(crate) fn split_to(&mut self, length: usize) -> Self {
        match self {
            Self::Owned(bytes) => Self::Owned(bytes.split_to(length)),
            Self::Lent { loan, range } => {
                let middle = range.start + length;
                let first = range.start..middle;
                range.start = middle;
                Self::Lent {
                    loan: Arc::clone(loan),
                    range: first,
                }
            }
        }
    }
}

impl From<Bytes> for Input {
    fn from(bytes: Bytes) -> Self {
        Self::Owned(bytes)
    }
}

impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Owned(bytes) => bytes.fmt(f),
            Self::Lent { range, .. } => f.debug_tuple("Lent").field(range).finish(),
        }
    }
}

/// The same bytes, or the same range of the same loan.
impl PartialEq for Input {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Owned(one), Self::Owned(other)) => one == other,
            (
                Self::Lent { loan, range },
                Self::Lent {
                    loan: other,
                    range: of,
                },
            ) => Arc::ptr_eq(loan, other) && range == of,
            _ => false,
        }
    }
}

impl Eq for Input {}

/// A buffer that a payload refers to. An isolate takes it when it runs the call that it is for, and
/// where it was the pool's then owns it alone.
#[derive(Debug)]
pub struct Attachment(
    /// Emptied by the isolate that takes it, at most once.
    Mutex<Option<Input>>,
);

impl Attachment {
    /// For one call.
    pub fn new(input: Input) -> Self {
        Self(Mutex::new(Some(input)))
    }

    /// Takes it; nothing comes a second time.
    pub fn take(&self) -> Option<Input> {
        lock(&self.0).take()
    }
}

/// Takes what the chunks of a job give, if they all end well. Called on the workers' threads, by
/// several at once.
pub trait Sink: Send + Sync + fmt::Debug {
    /// Takes what the items [first, first + count) gave. What it gives back goes to the host with the
    /// chunk's event.
    fn put(&self, first: u64, count: u32, output: Bytes) -> Bytes;

    /// Every item has given what it gives: what the host gets with the last event. Called once, under
    /// the job's lock.
    fn finish(&self) -> Bytes {
        Bytes::new()
    }
}

/// Where the results of a job go whose size is known: memory of the host's, in which each item has
/// its place.
#[derive(Clone)]
pub struct Target {
    /// The memory.
    pub loan: Arc<dyn Loan>,
    /// Bytes per item.
    pub stride: u32,
}

impl Sink for Target {
    /// `output` comes back where it cannot be put there.
    fn put(&self, first: u64, count: u32, output: Bytes) -> Bytes {
        let stride = u64::from(self.stride);
        let offset = usize::try_from(first.saturating_mul(stride));
        let fits = output.len() as u64 == u64::from(count) * stride;
        match offset {
            Ok(offset) if fits && self.loan.write(offset, &output).is_ok() => Bytes::new(),
            _ => output,
        }
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Target")
            .field("stride", &self.stride)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::sync::Mutex;

    use super::*;

    /// Memory that is taken back by emptying it.
    pub(crate) struct Lender(pub(crate) Mutex<Vec<u8>>);

    impl Loan for Lender {
        fn read(&self, range: Range<usize>, visit: &mut dyn FnMut(&[u8])) -> Result<(), TakenBack> {
            let bytes = self.0.lock().expect("not poisoned");
            visit(bytes.get(range).ok_or(TakenBack)?);
            Ok(())
        }

        fn write(&self, offset: usize, from: &[u8]) -> Result<(), TakenBack> {
            let mut bytes = self.0.lock().expect("not poisoned");
            let end = offset.checked_add(from.len()).ok_or(TakenBack)?;
            bytes
                .get_mut(offset..end)
                .ok_or(TakenBack)?
                .copy_from_slice(from);
            Ok(())
        }
    }

    fn lender(bytes: &[u8]) -> Arc<Lender> {
        Arc::new(Lender(Mutex::new(bytes.to_vec())))
    }

    #[test]
    fn a_loan_is_cut_like_bytes() {
        let loan = lender(b"abcdef");
        let mut rest = Input::Lent {
            loan: Arc::clone(&loan) as Arc<dyn Loan>,
            range: 1..6,
        };
        let first = rest.split_to(2);
        assert_eq!((first.len(), rest.len()), (2, 3));
        let mut read = Vec::new();
        first
            .read(|bytes| read.extend_from_slice(bytes))
            .expect("lent");
        rest.read(|bytes| read.extend_from_slice(bytes))
            .expect("lent");
        assert_eq!(read, b"bcdef");
        loan.0.lock().expect("not poisoned").clear();
        assert_eq!(rest.read(|_| panic!("nothing to see")), Err(TakenBack));
    }

    #[test]
    fn results_go_to_their_places_or_back() {
        let loan = lender(&[0; 6]);
        let target = Target {
            loan: Arc::clone(&loan) as Arc<dyn Loan>,
            stride: 2,
        };
        assert!(target.put(1, 2, Bytes::from_static(b"abcd")).is_empty());
        assert_eq!(*loan.0.lock().expect("not poisoned"), b"\0\0abcd");
        assert_eq!(target.put(0, 2, Bytes::from_static(b"abc")), "abc");
        assert_eq!(target.put(2, 2, Bytes::from_static(b"abcd")), "abcd");
        assert_eq!(target.put(u64::MAX, 1, Bytes::from_static(b"ab")), "ab");
        assert_eq!(target.put(3, 1, Bytes::from_static(b"ab")), "ab");
        loan.0.lock().expect("not poisoned").clear();
        assert_eq!(target.put(0, 1, Bytes::from_static(b"ab")), "ab");
    }
}
