//! The node engine: functions run in Node Workers, which the host starts and which then take the
//! slots of a pool as [adopted workers](isolane_core::AdoptedWorker). They have `require`, timers
//! and I/O.
//!
//! | module | noun |
//! | --- | --- |
//! | `session` | one Worker's dealings with its pool: its steps, and calls as bytes |
//! | `interrupts` | the words by which a Worker learns which of its calls are to stop |
//!
//! No JavaScript and no Node-API here: the addon lends [`Session`] to the Worker's bootstrap
//! (`npm/isolane/src/node-worker`).
#![forbid(unsafe_code)]

mod interrupts;
mod session;

use std::num::NonZeroUsize;
use std::time::Duration;

use isolane_core::Adoption;

pub use interrupts::Interrupts;
pub use session::{Frame, Session};

/// How long an interrupted call may take to come back. A Worker that runs JavaScript without a
/// pause cannot be stopped but with its thread; waiting longer than a new one takes to start (some
/// 40 ms) would cost more than it may save.
const GRACE_PERIOD: Duration = Duration::from_millis(50);

/// How the workers of a pool on this engine are. Each may run `concurrency` calls at once.
///
/// All that are lost are replaced: a terminated Worker leaves nothing behind.
pub fn terms(concurrency: NonZeroUsize) -> Adoption {
    Adoption {
        lanes: concurrency,
        grace_period: GRACE_PERIOD,
        max_lost_workers: u32::MAX,
    }
}
