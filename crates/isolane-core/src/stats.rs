//! [`Stats`]: what the pool has done so far.

use std::time::Duration;

use crossbeam::utils::CachePadded;
use hdrhistogram::Histogram;

use crate::Cut;
use crate::sync::{Mutex, MutexGuard, lock};

/// Figures over the life of a pool, or since they were [reset](crate::Pool::reset_stats).
#[derive(Clone, Debug, PartialEq)]
pub struct Stats {
    /// Jobs that ended well.
    pub completed: u64,
    /// Jobs that ended otherwise.
    pub failed: u64,
    /// Jobs that wait and have not started.
    pub queued: usize,
    /// Jobs that have started and not ended.
    pub running: usize,
    /// What caps have cut off.
    pub cut: Cut,
    /// Time spent in calls, as a share of the workers' time; 0 to 1.
    pub utilization: f64,
    /// Time from the start of a job's first chunk to the end of its last.
    pub run: Summary,
    /// Time from the submission of a job to the start of its first chunk.
    pub wait: Summary,
}

/// A distribution of times in milliseconds; the keys are those of piscina's histograms. All 0 when
/// nothing has been recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[expect(missing_docs, reason = "percentiles name themselves")]
pub struct Summary {
    /// Jobs recorded.
    pub count: u64,
    /// The same as `mean`, under the name that piscina's users know.
    pub average: f64,
    pub mean: f64,
    pub stddev: f64,
    pub min: f64,
    pub max: f64,
    pub p50: f64,
    pub p75: f64,
    pub p90: f64,
    pub p95: f64,
    pub p97_5: f64,
    pub p99: f64,
    pub p99_9: f64,
}

/// Gathers the figures: one tally per worker, and one for jobs that no worker ended, so that
/// recording meets no contention.
#[derive(Debug)]
pub(crate) struct Recorder {
    /// Each written by one worker, or by whoever ends a job otherwise; read by the host.
    tallies: Box<[CachePadded<Mutex<Tally>>]>,
}

#[derive(Debug)]
struct Tally {
    completed: u64,
    failed: u64,
    cut: Cut,
    busy: Duration,
    run: Histogram<u32>,
    wait: Histogram<u32>,
}

impl Tally {
    fn new() -> Self {
        Self {
            completed: 0,
            failed: 0,
            cut: Cut::default(),
            busy: Duration::ZERO,
            run: histogram(),
            wait: histogram(),
        }
    }
}

/// Nanoseconds, from a tenth of a microsecond, to three digits. It grows with the largest value.
fn histogram() -> Histogram<u32> {
    let mut histogram =
        Histogram::new_with_bounds(100, 1_000_000, 3).expect("bounds and digits are in range");
    histogram.auto(true);
    histogram
}

fn record(histogram: &mut Histogram<u32>, time: Duration) {
    // Beyond it nobody asks for digits, and the histogram need not grow.
    const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);
    histogram
        .record(time.min(LONGEST).as_nanos() as u64)
        .expect("a day of nanoseconds fits any histogram");
}

impl Recorder {
    pub(crate) fn new(workers: usize) -> Self {
        Self {
            tallies: (0..=workers)
                .map(|_| CachePadded::new(Mutex::new(Tally::new())))
                .collect(),
        }
    }

    /// A job has ended. `slot` is that of the worker that ended it, if one did; `times` how long it ran
    /// and waited, if it was started.
    pub(crate) fn job_ended(
        &self,
        slot: Option<usize>,
        well: bool,
        times: Option<(Duration, Duration)>,
    ) {
        let mut tally = self.tally(slot);
        if well {
            tally.completed += 1;
        } else {
            tally.failed += 1;
        }
        if let Some((run, wait)) = times {
            record(&mut tally.run, run);
            record(&mut tally.wait, wait);
        }
    }

    /// A call of the worker in `slot` has returned.
    pub(crate) fn call_ended(&self, slot: usize, busy: Duration, cut: Cut) {
        let mut tally = self.tally(Some(slot));
        tally.busy += busy;
        tally.cut += cut;
    }

    pub(crate) fn reset(&self) {
        for tally in &self.tallies {
            *lock(tally) = Tally::new();
        }
    }

    /// Sums up. `available` is the workers' time: threads times age.
    pub(crate) fn sum(&self, available: Duration, queued: usize, running: usize) -> Stats {
        let mut sum = Tally::new();
        for tally in &self.tallies {
            sum.add(&lock(tally));
        }
        Stats {
            completed: sum.completed,
            failed: sum.failed,
            queued,
            running,
            cut: sum.cut,
            utilization: share(sum.busy, available),
            run: summary(&sum.run),
            wait: summary(&sum.wait),
        }
    }

    fn tally(&self, slot: Option<usize>) -> MutexGuard<'_, Tally> {
        lock(&self.tallies[slot.unwrap_or(self.tallies.len() - 1)])
    }
}

impl Tally {
    fn add(&mut self, other: &Self) {
        self.completed += other.completed;
        self.failed += other.failed;
        self.cut += other.cut;
        self.busy += other.busy;
        for (into, from) in [(&mut self.run, &other.run), (&mut self.wait, &other.wait)] {
            into.add(from)
                .expect("a histogram that grows takes any other");
        }
    }
}

fn share(part: Duration, whole: Duration) -> f64 {
    if whole.is_zero() {
        return 0.0;
    }
    (part.as_secs_f64() / whole.as_secs_f64()).min(1.0)
}

fn summary(histogram: &Histogram<u32>) -> Summary {
    if histogram.is_empty() {
        return Summary::default();
    }
    const NANOS_PER_MILLI: f64 = 1e6;
    let millis = |nanos: u64| nanos as f64 / NANOS_PER_MILLI;
    let at = |percentile| millis(histogram.value_at_percentile(percentile));
    let mean = histogram.mean() / NANOS_PER_MILLI;
    Summary {
        count: histogram.len(),
        average: mean,
        mean,
        stddev: histogram.stdev() / NANOS_PER_MILLI,
        min: millis(histogram.min()),
        max: millis(histogram.max()),
        p50: at(50.0),
        p75: at(75.0),
        p90: at(90.0),
        p95: at(95.0),
        p97_5: at(97.5),
        p99: at(99.0),
        p99_9: at(99.9),
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn figures_of_all_workers_add_up() {
        let recorder = Recorder::new(2);
        let millis = Duration::from_millis;
        for (worker, run) in [(Some(0), 10), (Some(1), 30), (None, 20)] {
            recorder.job_ended(worker, true, Some((millis(run), millis(1))));
        }
        recorder.job_ended(None, false, None);
        let cut = Cut {
            logs: 2,
            ..Cut::default()
        };
        recorder.call_ended(0, millis(50), cut);
        let stats = recorder.sum(millis(100), 3, 4);
        assert_eq!((stats.completed, stats.failed), (3, 1));
        assert_eq!((stats.queued, stats.running), (3, 4));
        assert_eq!(stats.cut, cut);
        assert_eq!(stats.utilization, 0.5);
        assert_eq!(stats.run.count, 3);
        assert!((stats.run.mean - 20.0).abs() < 0.1);
        assert!((stats.run.p50 - 20.0).abs() < 0.1);
        assert!((stats.run.max - 30.0).abs() < 0.1);
        assert!((stats.wait.p99_9 - 1.0).abs() < 0.01);
        recorder.reset();
        let stats = recorder.sum(millis(100), 0, 0);
        assert_eq!(stats.run, Summary::default());
        assert_eq!(stats.utilization, 0.0);
    }

    #[test]
    fn a_value_of_any_size_can_be_recorded() {
        let recorder = Recorder::new(1);
        recorder.job_ended(Some(0), true, Some((Duration::MAX, Duration::ZERO)));
        assert_eq!(recorder.sum(Duration::ZERO, 0, 0).run.count, 1);
    }
}
