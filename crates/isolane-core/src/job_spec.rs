//! What the host submits: [`JobSpec`] and its [`Part`]s.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use crate::{CallKind, Function, Input, ItemSource, Shared, Sink};

/// Names a job. Chosen by the host, unique among the jobs of one pool that have not ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct JobId(pub u64);

/// Which of the waiting jobs goes first. Lower ones are delayed, never starved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Priority {
    /// After the others.
    Low,
    /// The default.
    #[default]
    Normal,
    /// Before the others.
    High,
}

/// A job: one function over a sequence of items.
#[derive(Debug)]
pub struct JobSpec {
    /// Its name from now on.
    pub id: JobId,
    /// The function.
    pub function: Arc<Function>,
    /// The second function of operations that have two.
    pub second: Option<Arc<Function>>,
    /// What to do; passed to the engine as it is.
    pub kind: CallKind,
    /// Encoded arguments, the same for every chunk.
    pub args: Bytes,
    /// Shared values.
    pub shared: Vec<Arc<Shared>>,
    /// Its place among waiting jobs.
    pub priority: Priority,
    /// Limit on the time from the start of the first chunk to the end.
    pub timeout: Option<Duration>,
    /// Limit on the time from the submission to the start of the first chunk.
    pub queue_timeout: Option<Duration>,
    /// Whether it is a later phase of a call that has run before. Then there is room for it in any
    /// queue, `queue_timeout` does not apply, and `timeout`, which is what the earlier phases have
    /// left, counts from the submission.
    pub continues: bool,
    /// Whether chunks that the timeout interrupts give what they have finished, as
    /// [`Event::Salvaged`](crate::Event::Salvaged).
    pub salvage: bool,
    /// Items per chunk. `None`: by the measured cost of the function.
    pub chunk_size: Option<NonZeroU32>,
    /// The items at hand. More may be [appended](crate::Pool::append) until the job is sealed.
    pub parts: Vec<Part>,
    /// Whether `parts` is all.
    pub sealed: bool,
    /// Finds the items, where the bytes of `parts` are what it is to look at. Their `count` is of no
    /// account then.
    pub source: Option<Box<dyn ItemSource>>,
    /// Where chunks put what they give, if no item can do without. Their
    /// [events](crate::Event::Chunk) then come without output.
    pub sink: Option<Arc<dyn Sink>>,
    /// Whether the host hears of no chunk but the last: what they give goes to the sink, and nobody
    /// follows its progress.
    pub quiet: bool,
    /// Whether the host hears how long it took, and where, by an [`Event::Timed`](crate::Event::Timed).
    pub timed: bool,
    /// Whether every worker is to run the items, as one chunk, before it takes more work, and each that
    /// follows it; once there have been other jobs, half of the workers at a time. What comes of that is told
    /// by [`Event::Warmed`](crate::Event::Warmed); the job itself has no items then, and ends when it is
    /// [sealed](crate::Pool::seal). `timeout` is that of each run.
    pub warm_up: bool,
}

impl JobSpec {
    /// A job of `function` over all of `parts`, without limits and all that a job may have besides.
    #[must_use]
    pub fn new(id: JobId, function: Arc<Function>, parts: Vec<Part>) -> Self {
        Self {
            id,
            function,
            second: None,
            kind: CallKind::default(),
            args: Bytes::new(),
            shared: Vec::new(),
            priority: Priority::default(),
            timeout: None,
            queue_timeout: None,
            continues: false,
            salvage: false,
            chunk_size: None,
            parts,
            sealed: true,
            source: None,
            sink: None,
            quiet: false,
            timed: false,
            warm_up: false,
        }
    }

    /// Whether a watchdog is needed.
    pub(crate) fn has_limit(&self) -> bool {
        self.timeout.is_some() || self.queue_timeout.is_some()
    }
}

/// Items of a job, encoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The items.
    pub bytes: Input,
    /// What `bytes` refers to, in this order: buffers that were not to be copied into it.
    pub attachments: Vec<Input>,
    /// How many they are. A part with none is ignored.
    pub count: u32,
    /// Bytes per item where `bytes` is raw and may be cut between any two items; then
    /// `bytes.len()` is `count * stride`. 0 where the part is encoded and indivisible.
    pub stride: u32,
}
