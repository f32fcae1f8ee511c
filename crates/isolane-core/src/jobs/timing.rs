//! [`Timing`]: how long a job waited and ran, and where, for a host that has asked.

use std::time::{Duration, Instant};

use crate::{Event, JobId};

/// What is noted of a job that is timed.
#[derive(Debug, Default)]
pub(super) struct Timing {
    /// When the last of its calls ended that have ended.
    ended: Option<Instant>,
    /// Ids of the workers that ran its chunks, in ascending order.
    workers: Vec<u32>,
}

impl Timing {
    /// A call of the worker with this id has ended.
    pub(super) fn called(&mut self, worker: u32, ended: Instant) {
        self.ended = self.ended.max(Some(ended));
        if let Err(place) = self.workers.binary_search(&worker) {
            self.workers.insert(place, worker);
        }
    }

    /// For the host, of a job that is over.
    pub(super) fn told(self, job: JobId, submitted: Instant, started: Option<Instant>) -> Event {
        let from = started.unwrap_or_else(Instant::now);
        let ran = |ended: Instant| ended.saturating_duration_since(from);
        Event::Timed {
            job,
            queued: from.saturating_duration_since(submitted),
            ran: self.ended.map_or(Duration::ZERO, ran),
            workers: self.workers,
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_job_ran_from_its_start_to_the_end_of_the_last_call_on_whichever_worker() {
        let submitted = Instant::now();
        let after = |ms| submitted + Duration::from_millis(ms);
        let mut timing = Timing::default();
        for (worker, ms) in [(4, 40), (2, 70), (4, 60)] {
            timing.called(worker, after(ms));
        }
        let Event::Timed {
            queued,
            ran,
            workers,
            ..
        } = timing.told(JobId(1), submitted, Some(after(10)))
        else {
            panic!("another event");
        };
        assert_eq!(queued, Duration::from_millis(10));
        assert_eq!(ran, Duration::from_millis(60));
        assert_eq!(workers, [2, 4]);
    }
}
